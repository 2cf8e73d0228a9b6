import { randomUUID } from 'node:crypto';
import type { Blobs } from './blob-store.js';
import type { Caller } from './runtime-token.js';
import { type JsonObject, refuse, reply, text, type TwirpAnswer, type TwirpMethods } from './twirp.js';

/** An artifact of a run. */
export type Artifact = {
  /** Rises within an attempt and falls from one attempt to the next, as GitHub's may. */
  readonly id: number;
  readonly name: string;
  readonly contentType: string;
  /** The attempt and job that created it. */
  readonly owner: Caller;
  /** The name of its blob. */
  readonly blob: string;
  readonly createdAtMs: number;
  /** `sha256:<hex>` from the client; empty if it sent none. */
  readonly digest: string;
  /** The size that the client reported at the end; undefined while the name is only reserved. */
  readonly sizeBytes: number | undefined;
};

/** Version 4 of the artifact service: a name is unique within an attempt of a run, and taken from the first call on. */
export type ArtifactService = {
  readonly methods: TwirpMethods;
  /** Finished artifacts of all runs and attempts, oldest first. */
  readonly artifacts: () => readonly Artifact[];
};

/** The blob store and the addresses of its content. */
export type ArtifactParts = { readonly blobs: Blobs; readonly addressOf: (path: string) => string };

/** A service without artifacts. */
export const createArtifactService = ({ blobs, addressOf }: ArtifactParts): ArtifactService => {
  let all: readonly Artifact[] = [];
  const nextId = createIds();
  const ofCaller = (request: JsonObject, { ids }: Caller): Artifact | undefined =>
    all.find(({ name, owner }) => name === text(request, 'name') && owner.ids.run === ids.run);
  const named = (request: JsonObject, caller: Caller): Artifact | undefined =>
    visibleTo(caller, all).find(
      ({ name, owner }) => name === text(request, 'name') && owner.ids.run === text(request, RUN_FIELD),
    );

  const create = (request: JsonObject, caller: Caller): TwirpAnswer => {
    const [name, contentType] = [text(request, 'name'), text(request, 'mime_type')];
    if (!isOwn(request, caller)) return refuse('permission_denied', NOT_YOURS);
    if (!isArtifactName(name)) return refuse('invalid_argument', 'a valid name is required');
    if (contentType === '') return refuse('invalid_argument', 'a valid mime_type is required');
    if (ofCaller(request, caller) !== undefined) return refuse('already_exists', EXISTS);
    const id = nextId(caller);
    const started = { id, name, contentType, owner: caller, blob: `artifact-${randomUUID()}`, createdAtMs: Date.now() };
    all = [...all, { ...started, digest: '', sizeBytes: undefined }];
    return reply({ ok: true, signed_upload_url: addressOf(blobs.sign(started.blob, { kind: 'upload' })) });
  };
  const finalize = async (request: JsonObject, caller: Caller): Promise<TwirpAnswer> => {
    const reserved = isOwn(request, caller) ? ofCaller(request, caller) : undefined;
    if (reserved?.sizeBytes !== undefined) return refuse('already_exists', EXISTS);
    if (reserved === undefined || (await blobs.read(reserved.blob)) === undefined)
      return refuse('not_found', NOT_FOUND);
    const done = { ...reserved, digest: text(request, 'hash'), sizeBytes: Number(text(request, 'size')) };
    all = all.map((artifact) => (artifact === reserved ? done : artifact));
    return reply({ ok: true, artifact_id: String(done.id) });
  };
  const list = (request: JsonObject, caller: Caller): TwirpAnswer => {
    const [name, id] = [text(request, 'name_filter'), text(request, 'id_filter')];
    const wanted = visibleTo(caller, all).filter(
      (artifact) => (name === '' || artifact.name === name) && (id === '' || String(artifact.id) === id),
    );
    return reply({ artifacts: wanted.map(row) });
  };
  const sign = (request: JsonObject, caller: Caller): TwirpAnswer => {
    const artifact = named(request, caller);
    if (artifact === undefined) return refuse('not_found', NOT_FOUND);
    const { blob, contentType } = artifact;
    const contentDisposition = `attachment; filename="${fileNameOf(artifact)}"`;
    return reply({ signed_url: addressOf(blobs.sign(blob, { kind: 'download', contentType, contentDisposition })) });
  };
  const remove = async (request: JsonObject, caller: Caller): Promise<TwirpAnswer> => {
    const artifact = named(request, caller);
    if (artifact === undefined) return refuse('not_found', NOT_FOUND);
    all = all.filter((one) => one !== artifact);
    await blobs.remove(artifact.blob);
    return reply({ ok: true, artifact_id: String(artifact.id) });
  };
  return {
    methods: {
      CreateArtifact: (request, caller) => Promise.resolve(create(request, caller)),
      FinalizeArtifact: finalize,
      ListArtifacts: (request, caller) => Promise.resolve(list(request, caller)),
      GetSignedArtifactURL: (request, caller) => Promise.resolve(sign(request, caller)),
      DeleteArtifact: remove,
    },
    artifacts: () => all.filter(isDone),
  };
};

const RUN_FIELD = 'workflow_run_backend_id';
const JOB_FIELD = 'workflow_job_run_backend_id';
const EXISTS = 'an artifact with this name already exists on the workflow run';
const NOT_FOUND = 'artifact not found';
const NOT_YOURS = 'the token is for another job';

const HIGHEST_ID = 8_000_000_000;
const IDS_PER_ATTEMPT = 1_000_000;

const createIds = (): ((caller: Caller) => number) => {
  const attempts: string[] = [];
  let count = 0;
  return ({ ids }) => {
    if (!attempts.includes(ids.run)) attempts.push(ids.run);
    return HIGHEST_ID - IDS_PER_ATTEMPT * attempts.indexOf(ids.run) + count++;
  };
};

const isOwn = (request: JsonObject, { ids }: Caller): boolean =>
  text(request, RUN_FIELD) === ids.run && text(request, JOB_FIELD) === ids.job;

const isArtifactName = (name: string): boolean => name !== '' && !/[":<>|*?\r\n\\/]/.test(name);

const isDone = ({ sizeBytes }: Artifact): boolean => sizeBytes !== undefined;

/** The artifacts visible to a caller: of the same run, from attempts since all jobs were last re-run. */
const visibleTo = ({ runId, attempt, generation }: Caller, all: readonly Artifact[]): readonly Artifact[] =>
  all.filter(
    (artifact) =>
      isDone(artifact) &&
      artifact.owner.runId === runId &&
      artifact.owner.attempt <= attempt &&
      artifact.owner.generation === generation,
  );

const row = ({ id, name, owner, sizeBytes, createdAtMs, digest }: Artifact): JsonObject => ({
  workflow_run_backend_id: owner.ids.run,
  workflow_job_run_backend_id: owner.ids.job,
  database_id: String(id),
  name,
  size: String(sizeBytes ?? 0),
  created_at: new Date(createdAtMs).toISOString(),
  ...(digest === '' ? {} : { digest }),
});

const ZIP = 'application/zip';

const fileNameOf = ({ name, contentType }: Artifact): string =>
  contentType === ZIP && !name.endsWith('.zip') ? `${name}.zip` : name;
