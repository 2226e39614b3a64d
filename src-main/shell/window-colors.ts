/** What the window shows until the page has painted: the `--canvas` of styles/tokens.css, so that nothing flashes. */
export const windowColors = { light: '#f6f7f9', dark: '#0d0e12' } as const;
