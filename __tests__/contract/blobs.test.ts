import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobAnswer } from '../rig/github/blob-store.js';
import { blobKinds, type OpenBlobs } from './blob-stores.js';

describe.each(blobKinds())('blobs in $kind', ({ open }) => {
  let store: OpenBlobs;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  type Send = { readonly path: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

  const send = (method: string, { path, headers = {}, body = '' }: Send): Promise<BlobAnswer> =>
    store.blobs.answer({ method, url: new URL(`http://host${path}`), headers, body: Buffer.from(body) });
  const put = (path: string, body: string): Promise<BlobAnswer> =>
    send('PUT', {
      path,
      body,
      headers: { 'x-ms-version': '2021-12-02', ...(path.includes('&comp=') ? {} : { 'x-ms-blob-type': 'BlockBlob' }) },
    });
  const newBlob = async (content: string): Promise<string> => {
    const name = randomUUID();
    await put(store.blobs.sign(name, { kind: 'upload' }), content);
    return name;
  };
  const download = (name: string): string => store.blobs.sign(name, { kind: 'download' });

  test('are put whole and got whole, with the headers the address asks for', async () => {
    const name = randomUUID();
    const created = await put(store.blobs.sign(name, { kind: 'upload' }), 'content');
    expect([created.status, typeof created.headers['x-ms-request-id']]).toEqual([201, 'string']);
    const path = store.blobs.sign(name, {
      kind: 'download',
      contentType: 'application/zip',
      contentDisposition: 'attachment; filename="a.zip"',
    });
    const { status, headers, body } = await send('GET', { path });
    expect([status, body.toString()]).toEqual([200, 'content']);
    expect(headers).toMatchObject({
      'content-length': '7',
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="a.zip"',
    });
  });

  test('are put in blocks, in the order of the list', async () => {
    const name = randomUUID();
    const path = store.blobs.sign(name, { kind: 'upload' });
    const [one, two] = ['one', 'two'].map((id) => Buffer.from(id).toString('base64'));
    for (const id of [two, one]) {
      const block = `${path}&comp=block&blockid=${encodeURIComponent(id ?? '')}`;
      expect((await put(block, id === one ? 'first ' : 'second')).status).toBe(201);
    }
    expect((await send('GET', { path: download(name) })).status).toBe(404);
    const list = `<?xml version="1.0"?><BlockList><Latest>${one ?? ''}</Latest><Latest>${two ?? ''}</Latest></BlockList>`;
    expect((await put(`${path}&comp=blocklist`, list)).status).toBe(201);
    expect((await send('GET', { path: download(name) })).body.toString()).toBe('first second');
  });

  test('cannot be made of blocks that never came', async () => {
    const path = store.blobs.sign(randomUUID(), { kind: 'upload' });
    const list = '<?xml version="1.0"?><BlockList><Latest>bm9uZQ==</Latest></BlockList>';
    expect((await put(`${path}&comp=blocklist`, list)).status).toBe(400);
  });

  test.each([
    ['bytes=0-1', 206, 'co'],
    ['bytes=3-', 206, 'tent'],
    ['bytes=5-100', 206, 'nt'],
  ])('are got in ranges: %s', async (range, status, content) => {
    const name = await newBlob('content');
    for (const header of ['range', 'x-ms-range']) {
      const answer = await send('GET', { path: download(name), headers: { [header]: range } });
      expect([answer.status, answer.body.toString()]).toEqual([status, content]);
      expect(answer.headers['content-range']).toMatch(/^bytes \d-6\/7$|^bytes 0-1\/7$/);
    }
  });

  test('have no range past their end', async () => {
    const path = download(await newBlob('content'));
    expect((await send('GET', { path, headers: { range: 'bytes=100-200' } })).status).toBe(416);
  });

  test('tell their length to who asks for it alone', async () => {
    const { status, headers, body } = await send('HEAD', { path: download(await newBlob('content')) });
    expect([status, headers['content-length'], body.length]).toEqual([200, '7', 0]);
  });

  test('are reached by signed addresses only, and only as these allow', async () => {
    const name = await newBlob('content');
    const other = await newBlob('other');
    const upload = store.blobs.sign(name, { kind: 'upload' });
    expect((await send('GET', { path: upload })).status).toBe(403);
    expect((await put(download(name), 'x')).status).toBe(403);
    expect((await send('GET', { path: download(name).replace(name, other) })).status).toBe(403);
    expect((await send('GET', { path: download(name).replace(/sig=.{4}/, 'sig=AAAA') })).status).toBe(403);
    expect((await send('GET', { path: download(name) })).body.toString()).toBe('content');
  });

  test('are read, changed and removed past all signatures', async () => {
    const name = await newBlob('content');
    expect((await store.blobs.read(name))?.toString()).toBe('content');
    await store.blobs.write(name, Buffer.from('changed'));
    expect((await send('GET', { path: download(name) })).body.toString()).toBe('changed');
    await store.blobs.remove(name);
    expect(await store.blobs.read(name)).toBeUndefined();
    expect((await send('GET', { path: download(name) })).status).toBe(404);
    await store.blobs.remove(name);
  });
});
