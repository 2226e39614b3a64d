import { parseSync } from 'oxc-parser';

/** One small change to a program's text that should make a test fail. */
export interface DefectSite {
  /** What is done, in two or three words. */
  readonly kind: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const operators: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
};

const methods: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  every: 'some',
};

/** Every place of a TypeScript file where a defect can be planted. Types, messages and imports have none. */
export function findDefectSites(file: string, source: string): DefectSite[] {
  const sites: DefectSite[] = [];
  const text = ({ start, end }: SyntaxNode): string => source.slice(start, end);
  const plant = (kind: string, start: number, end: number, after: string): void => {
    const line = source.slice(0, start).split('\n').length;
    sites.push({ kind, line, start, end, before: source.slice(start, end), after });
  };

  const visit = (node: SyntaxNode, parent: string): void => {
    if (node.type.startsWith('TS') && !wrappers.has(node.type)) return;
    if (node.type === 'ImportDeclaration' || node.type === 'NewExpression') return;
    plantAt(node, parent, text, plant, source);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, node.type);
    }
  };
  visit(parseSync(file, source).program as unknown as SyntaxNode, '');
  return sites;
}

type Plant = (kind: string, start: number, end: number, after: string) => void;

/** Around an expression, without a meaning of their own when the program runs. */
const wrappers = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);

function plantAt(
  node: SyntaxNode,
  parent: string,
  text: (node: SyntaxNode) => string,
  plant: Plant,
  source: string,
): void {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const left = node['left'] as SyntaxNode;
      const right = node['right'] as SyntaxNode;
      const operator = node['operator'] as string;
      if (operator === '??') plant('without a default', node.start, node.end, `(${text(left)})`);
      const other = operators[operator];
      if (other === undefined || (operator === '+' && (isText(left) || isText(right)))) return;
      // The other operator may bind less tightly.
      plant('other operator', node.start, node.end, `((${text(left)}) ${other} (${text(right)}))`);
      return;
    }
    case 'IfStatement': {
      const test = node['test'] as SyntaxNode;
      plant('condition turned round', test.start, test.end, `!(${text(test)})`);
      return;
    }
    case 'ConditionalExpression': {
      const [yes, no] = [node['consequent'] as SyntaxNode, node['alternate'] as SyntaxNode];
      if (isText(yes) && isText(no)) return;
      plant(
        'branches swapped',
        node.start,
        node.end,
        `(${text(node['test'] as SyntaxNode)} ? ${text(no)} : ${text(yes)})`,
      );
      return;
    }
    case 'Literal':
      if (typeof node['value'] === 'boolean') plant('other truth', node.start, node.end, String(!node['value']));
      return;
    case 'ExpressionStatement': {
      const expression = node['expression'] as SyntaxNode;
      const acts = ['CallExpression', 'AssignmentExpression', 'UpdateExpression'].includes(expression.type);
      // What is said in the log decides nothing.
      const says = /^(?:\w+\.)*log\.\w+\(/.test(text(expression));
      if (!acts || says || text(expression).startsWith('super(')) return;
      // TypeScript takes no empty statement for a branch.
      plant('statement left out', node.start, node.end, parent === 'IfStatement' ? '{}' : ';');
      return;
    }
    case 'CallExpression': {
      const callee = node['callee'] as SyntaxNode;
      const property = callee.type === 'MemberExpression' ? (callee['property'] as SyntaxNode) : null;
      const other = property === null ? undefined : methods[text(property)];
      if (property !== null && other !== undefined && source[property.start - 1] === '.') {
        plant('other method', property.start, property.end, other);
      }
    }
  }
}

const isText = ({ type, value }: SyntaxNode): boolean =>
  type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string');

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
