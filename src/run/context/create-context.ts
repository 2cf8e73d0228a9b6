import { createMasker } from '../../base/mask.js';
import type { Json } from '../../base/stable-json.js';
import type { InputValues, Pipeline } from '../../language/model/pipeline.js';
import { createFlattener } from '../../evaluate/context/export-frame.js';
import type { Plan } from '../../plan/plan.js';
import { recordedSource } from '../../evaluate/recorded-source.js';
import type { Facts, ValueSource } from '../../evaluate/context/step-context.js';
import type { WorkspaceFiles } from '../../evaluate/context/workspace-files.js';
import type { RunState } from '../../state/run-state.js';
import type { AbortScope } from './abort-scope.js';
import type { Ports } from './ports.js';
import { createRecorder } from './recorder.js';
import type { AbortionSettings, RunEnvironment, RunContext } from './run-context.js';
import { createSlots } from './slots.js';

/** The input of `createContext`. */
export type ContextInput = {
  readonly pipeline: Pipeline;
  readonly plan: Plan;
  readonly inputs: InputValues;
  /** The run to resume; undefined starts `runId` as a new run. */
  readonly last: RunState | undefined;
  readonly runId: string;
  readonly environment: RunEnvironment;
  readonly facts: Facts;
  readonly files: WorkspaceFiles;
  readonly ports: Ports;
  readonly scope: AbortScope;
  readonly maxParallel: number;
  readonly abortion: AbortionSettings;
};

/** Creates the context of a run attempt: a new attempt, or an interrupted one whose pending cleanup runs. */
export const createContext = (input: ContextInput, attempt: number): RunContext => {
  const masker = createMasker(input.ports.display.secret);
  const recorder = createRecorder({ runId: input.runId, attempt, last: input.last }, input.ports, masker);
  const liveOutputs = new Map<string, Readonly<Record<string, Json>>>();
  const liveItems: RunContext['liveItems'] = new Map();
  const unsettled: RunContext['unsettled'] = new Map();
  const resumed = attempt > 1;
  const live: ValueSource = {
    side: 'live',
    record: (path) => unsettled.get(path) ?? recorder.state().steps.get(path),
    outputs: (record) => liveOutputs.get(record.path) ?? record.outputs,
    items: (path) => liveItems.get(path),
    inputs: input.inputs,
    run: { id: input.runId, attempt, resumed },
    facts: input.facts,
    hashFiles: input.files.hashFiles,
  };
  return {
    ...input,
    resumed,
    recorder,
    slots: createSlots(input.maxParallel),
    masker,
    live,
    recorded: recordedSource(live, input.pipeline.secrets),
    liveOutputs,
    liveItems,
    unsettled,
    pendingFallbacks: [],
    flatten: createFlattener(),
  };
};
