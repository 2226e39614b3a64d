import { Link } from 'wouter';
import { recipes } from '../../../src-shared/catalog/recipes.ts';
import { CodeBlock } from './markdown.tsx';

/** How each client is pointed at this Relay, with a placeholder for the key. */
export function ClientRecipes({ base }: { base: string }) {
  const facts = { secret: 'sk-relay-YOUR-KEY', base, model: 'gpt-5.5' };
  return (
    <article className="max-w-[56rem]">
      <h2 className="text-xl font-semibold tracking-tight">Recipes for clients</h2>
      <p className="mt-2 max-w-[46rem]">
        What to write where, with this machine’s address. Put in a key of your own:{' '}
        <Link href="/keys?new" className="text-accent underline underline-offset-2">
          create one
        </Link>
        .
      </p>
      {Object.entries(recipes).map(([id, { name, recipe }]) => {
        const { place, text, note } = recipe(facts);
        return (
          <section key={id} aria-label={name} id={id} className="mt-6 scroll-mt-4">
            <h3 className="font-semibold">{name}</h3>
            <p className="text-muted">{place}</p>
            <CodeBlock text={text} />
            {note !== null && <p className="max-w-[46rem] text-sm text-muted">{note}</p>}
          </section>
        );
      })}
    </article>
  );
}
