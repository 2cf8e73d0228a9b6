/** Every context an expression may name. */
export const CONTEXT_NAMES: readonly string[] = [
  'inputs',
  'env',
  'steps',
  'needs',
  'item',
  'index',
  'run',
  'failure',
  'github',
  'runner',
  'matrix',
];

/** Properties of `github`, as GitHub documents its context. */
export const GITHUB_PROPERTIES: readonly string[] = [
  'action',
  'action_path',
  'action_ref',
  'action_repository',
  'action_status',
  'actor',
  'actor_id',
  'api_url',
  'base_ref',
  'env',
  'event',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'job_workflow_sha',
  'path',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'repositoryUrl',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'secret_source',
  'server_url',
  'sha',
  'token',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
];

/** Properties of `runner`, as GitHub documents its context. */
export const RUNNER_PROPERTIES: readonly string[] = [
  'name',
  'os',
  'arch',
  'temp',
  'tool_cache',
  'debug',
  'environment',
];

/** Properties of `run`. */
export const RUN_PROPERTIES: readonly string[] = ['id', 'attempt', 'resumed'];

/** Properties of `failure`, the context of fallbacks. */
export const FAILURE_PROPERTIES: readonly string[] = ['step', 'exit_code', 'error', 'status'];

/** Properties of `steps.<id>`. */
export const STEP_PROPERTIES: readonly string[] = ['outcome', 'conclusion', 'outputs', 'results', 'output'];

/** Properties of `needs.<id>`. */
export const NEED_PROPERTIES: readonly string[] = [...STEP_PROPERTIES, 'result'];

/** Properties of `steps.<id>.output` and `needs.<id>.output`. */
export const STEP_OUTPUT_PROPERTIES: readonly string[] = ['exit_code', 'stdout', 'stderr', 'status', 'duration'];

/** Properties of each item of `steps.<id>.results`. */
export const RESULT_PROPERTIES: readonly string[] = ['item', 'index', 'outcome', 'outputs'];

/** The name and the number of arguments of a function. */
export type KnownFunction = {
  /** As documented; calls may use any case. */
  readonly name: string;
  readonly minArgs: number;
  /** Infinity: any number. */
  readonly maxArgs: number;
};

/** Every function an expression may call: those of the expression library, then GitHub's for steps. */
export const FUNCTIONS: readonly KnownFunction[] = [
  { name: 'case', minArgs: 3, maxArgs: Infinity },
  { name: 'contains', minArgs: 2, maxArgs: 2 },
  { name: 'endsWith', minArgs: 2, maxArgs: 2 },
  { name: 'format', minArgs: 1, maxArgs: 255 },
  { name: 'fromJSON', minArgs: 1, maxArgs: 1 },
  { name: 'join', minArgs: 1, maxArgs: 2 },
  { name: 'startsWith', minArgs: 2, maxArgs: 2 },
  { name: 'toJSON', minArgs: 1, maxArgs: 1 },
  { name: 'success', minArgs: 0, maxArgs: 0 },
  { name: 'failure', minArgs: 0, maxArgs: 0 },
  { name: 'always', minArgs: 0, maxArgs: 0 },
  { name: 'cancelled', minArgs: 0, maxArgs: 0 },
  { name: 'hashFiles', minArgs: 1, maxArgs: 255 },
];

/** Functions, in lower case, that replace the `success()` a condition otherwise implies. */
export const STATUS_FUNCTIONS: readonly string[] = ['success', 'failure', 'always', 'cancelled'];
