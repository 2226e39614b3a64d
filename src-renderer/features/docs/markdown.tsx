import type { Token, Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { Link } from 'wouter';
import { CopyButton } from '../../components/copy-button.tsx';
import { headingId } from './heading-id.ts';

/**
 * What marked reads as React elements. No HTML of a guide becomes any: it is text, as is an image. Links lead to other
 * guides and to https pages; those into the source are what they are called.
 */
export function Markdown({ tokens }: { tokens: readonly Token[] }) {
  return tokens.map((token, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a guide does not change while it is shown
    <Fragment key={at}>{blockOf(token)}</Fragment>
  ));
}

function blockOf(token: Token): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading': {
      const { depth, text, tokens } = token as Tokens.Heading;
      const Tag = depth <= 2 ? 'h2' : 'h3';
      return (
        <Tag
          id={headingId(text)}
          className={`scroll-mt-4 font-semibold ${depth <= 2 ? 'mt-7 mb-2 text-lg' : 'mt-5 mb-1.5'}`}
        >
          <Inline tokens={tokens} />
        </Tag>
      );
    }
    case 'paragraph':
      return (
        <p className="my-2.5 max-w-[46rem]">
          <Inline tokens={(token as Tokens.Paragraph).tokens} />
        </p>
      );
    case 'code':
      return <CodeBlock text={(token as Tokens.Code).text} />;
    case 'blockquote':
      return (
        <blockquote className="my-3 border-l-2 border-line-strong pl-3 text-muted">
          <Markdown tokens={(token as Tokens.Blockquote).tokens} />
        </blockquote>
      );
    case 'list':
      return <List {...(token as Tokens.List)} />;
    case 'table':
      return <Table {...(token as Tokens.Table)} />;
    case 'hr':
      return <hr className="my-5 border-line" />;
    default:
      return <p className="my-2.5">{token.raw}</p>;
  }
}

export function CodeBlock({ text }: { text: string }) {
  return (
    <div className="relative my-3 max-w-[56rem] rounded-md border border-line bg-well">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is scrolled by the keyboard too */}
      <pre tabIndex={0} className="overflow-x-auto py-2 pr-10 pl-3 font-mono text-sm">
        {text}
      </pre>
      <span className="absolute top-1.5 right-1.5 rounded-md bg-well">
        <CopyButton text={text} label="Copy" />
      </span>
    </div>
  );
}

function List({ ordered, items }: Tokens.List) {
  const Tag = ordered ? 'ol' : 'ul';
  return (
    <Tag className={`my-2.5 grid max-w-[46rem] gap-1.5 pl-5 ${ordered ? 'list-decimal' : 'list-disc'}`}>
      {items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a guide does not change while it is shown
        <li key={at}>
          {item.tokens.map((token, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a guide does not change while it is shown
            <Fragment key={index}>
              {token.type === 'text' ? <Inline tokens={(token as Tokens.Text).tokens ?? [token]} /> : blockOf(token)}
            </Fragment>
          ))}
        </li>
      ))}
    </Tag>
  );
}

function Table({ header, rows }: Tokens.Table) {
  return (
    <div className="my-3 overflow-x-auto rounded-md border border-line">
      <table className="w-full text-left">
        <thead className="bg-well text-sm text-muted">
          <tr>
            {header.map(({ text, tokens, align }) => (
              <th key={text} scope="col" className={`px-3 py-1.5 font-medium ${sideOf(align)}`}>
                <Inline tokens={tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a guide does not change while it is shown
            <tr key={at} className="align-top">
              {row.map(({ tokens, align }, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a guide does not change while it is shown
                <td key={column} className={`min-w-24 px-3 py-1.5 ${sideOf(align)}`}>
                  <Inline tokens={tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const sideOf = (align: string | null): string => (align === 'right' ? 'text-right' : '');

function Inline({ tokens }: { tokens: readonly Token[] }) {
  return tokens.map((token, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a guide does not change while it is shown
    <Fragment key={at}>{inlineOf(token)}</Fragment>
  ));
}

function inlineOf(token: Token): ReactNode {
  switch (token.type) {
    case 'strong':
      return (
        <strong className="font-semibold">
          <Inline tokens={(token as Tokens.Strong).tokens} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inline tokens={(token as Tokens.Em).tokens} />
        </em>
      );
    case 'codespan':
      return (
        <code className="rounded bg-well px-1 py-0.5 font-mono text-[0.92em] break-words">
          {(token as Tokens.Codespan).text}
        </code>
      );
    case 'br':
      return <br />;
    case 'link':
      return <GuideLink {...(token as Tokens.Link)} />;
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? text : <Inline tokens={tokens} />;
    }
    case 'image':
      return (token as Tokens.Image).text;
    default:
      return token.raw;
  }
}

const linkLook = 'text-accent underline underline-offset-2';

function GuideLink({ href, tokens }: Tokens.Link) {
  const [, guide, part = ''] = /^(?:docs\/)?([a-z-]+)\.md(#[\w-]+)?$/.exec(href) ?? [];
  const words = <Inline tokens={tokens} />;
  if (guide !== undefined) {
    return (
      <Link href={`/docs/${guide}${part}`} className={linkLook}>
        {words}
      </Link>
    );
  }
  if (!/^https:\/\//.test(href)) return words;
  return (
    <a href={href} target="_blank" rel="noreferrer" className={linkLook}>
      {words}
    </a>
  );
}
