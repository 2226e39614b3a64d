import type { CallRecord } from '../../src-shared/contract/call.ts';
import { type CallPlan, type PlanInput, planCall } from './call-plan.ts';
import type { GatewayPorts } from './ports.ts';

/** Longer ones are refused as no names. */
const MAX_NAME = 200;

/** Plans a call with what the gateway knows, and notes in its row what the plan found out. Throws as `planCall` does. */
export function planFor(ports: GatewayPorts, record: CallRecord, input: Omit<PlanInput, 'callId'>): CallPlan {
  // What was asked for is in the row also where it is refused, which a person needs to mend it.
  const model = input.body.value('model');
  if (typeof model === 'string' && model.length <= MAX_NAME) record.modelAsked = model;
  const plan = planCall(
    {
      affinity: ports.affinity,
      origins: ports.origins,
      version: ports.version,
      isKnownModel: ports.models.isKnown,
      aliases: () => ports.settings()['models.aliases'],
      splice: () => ports.settings()['routing.splice'],
    },
    { ...input, callId: record.id },
  );
  record.stream = plan.stream;
  record.modelAsked = plan.asked;
  record.effort = plan.effort;
  record.serviceTier = plan.serviceTier;
  record.conversationId = plan.conversationId;
  return plan;
}
