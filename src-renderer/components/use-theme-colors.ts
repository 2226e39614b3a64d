import { useEffect, useState } from 'react';

/** What a picture on a canvas needs: the tokens' colours as they are in the theme that is shown, and again when it changes. */
export function useThemeColors(): (token: string) => string {
  const [theme, setTheme] = useState(() => createResolve());
  useEffect(() => {
    const renew = () => setTheme(() => createResolve());
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const marked = new MutationObserver(renew);
    dark.addEventListener('change', renew);
    marked.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      dark.removeEventListener('change', renew);
      marked.disconnect();
    };
  }, []);
  return theme.resolve;
}

/** A canvas knows no `light-dark()`: an element that has the colour says what it comes to. */
function createResolve() {
  const known = new Map<string, string>();
  return {
    resolve: (token: string): string => {
      const color = known.get(token) ?? computed(token);
      known.set(token, color);
      return color;
    },
  };
}

function computed(token: string): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
