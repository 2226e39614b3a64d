import { catalogModel, type Effort } from '../../src-shared/catalog/models.ts';
import { effortOrder } from '../../src-shared/contract/key.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { CallerIdentity } from './ports.ts';

const order: readonly string[] = effortOrder;

type Kind = NonNullable<CallerIdentity['endpoints']>[number];

/** Throws `permission_denied` where a key is kept to other kinds of requests. */
export function checkEndpoint({ endpoints }: CallerIdentity, kind: Kind): void {
  if (endpoints === null || endpoints.includes(kind)) return;
  throw new RelayError('permission_denied', {
    message: `This key may only be used for ${endpoints.join(' and ')}, and this is a ${kind} request.`,
  });
}

/**
 * The effort to run with under a key's ceiling: `null` leaves it to the model. Asking for more is refused, because less
 * would not be what was asked for; asking for none gets the model's own effort, or the ceiling where that is lower.
 */
export function effortWithin(
  ceiling: CallerIdentity['effortCeiling'],
  asked: string | null,
  model: string,
): Effort | null {
  if (ceiling === null) return null;
  const highest = order.indexOf(ceiling);
  if (asked !== null) {
    const wanted = order.indexOf(asked);
    if (wanted >= 0 && wanted <= highest) return null;
    throw new RelayError('permission_denied', {
      message: `This key may use a reasoning effort of at most ${ceiling}, and this request asks for ${asked.slice(0, 20)}.`,
      param: 'reasoning.effort',
    });
  }
  const usual = catalogModel(model)?.defaultEffort ?? null;
  return usual !== null && order.indexOf(usual) <= highest ? null : ceiling;
}
