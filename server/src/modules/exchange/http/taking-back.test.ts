/** Taking back, following up and redelivering through the native API; the rules are held by `taking-back.test.ts`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Axis } from '../../../../../clients/typescript/src/index.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';

let world: World;
let province: Axis;
let commune: Axis;
let ministry: Axis;

beforeAll(async () => {
  world = await createWorld([{ code: 'H64' }, { code: 'H64.31' }, { code: 'G10' }, { code: 'G12' }]);
  await world.serve();
  [province, commune, ministry] = await Promise.all([
    world.api('H64'),
    world.api('H64.31'),
    world.api('G10'),
  ]);
});
afterAll(() => world.drop());

let number = 0;
const letter = (more: object = {}) => ({
  from: 'H64',
  to: ['G10', 'G12'],
  number: String(++number),
  notation: 'UBND-VX',
  promulgatedOn: '2026-11-20',
  subject: 'V/v báo cáo tình hình',
  attachments: [],
  ...more,
});

test('lấy lại of everybody: who had not fetched it never will, and who had is asked and agrees', async () => {
  const envelope = await sent(province, letter());
  const copy = await copyOf(ministry, envelope);
  await fetchMessage(ministry, copy);
  const { data } = await recall(envelope, { act: 'take_back', reason: 'Gửi nhầm' });
  expect(data!.sent.map(({ organisations }) => organisations)).toEqual([['G10'], ['G12']]);
  expect(data!.unasked).toEqual([]);
  expect(await takingBack(envelope)).toMatchObject([
    { state: 'fetched', takingBack: { act: 'take_back', outcome: 'asked', by: data!.sent[0]!.id } },
    { state: 'recalled', takingBack: { act: 'take_back', outcome: 'unseen', by: data!.sent[1]!.id } },
  ]);

  const path = { delivery: copy };
  const held = await ministry.GET('/api/exchange/deliveries/{delivery}', { params: { path } });
  expect(held.data!.takingBack).toMatchObject({ act: 'take_back', outcome: 'asked', by: null });
  const agreed = await ministry.POST('/api/exchange/deliveries/{delivery}/recall-answers', {
    params: { path },
    body: { agree: true },
  });
  expect(agreed.response.status).toBe(201);
  expect((await takingBack(envelope))[0]).toMatchObject({
    state: 'recalled',
    takingBack: { outcome: 'agreed' },
  });

  const again = await recall(envelope, {
    act: 'take_back',
    organisations: ['G10', 'G12'],
    reason: 'Gửi nhầm',
  });
  expect(again.data?.sent.map(({ repeated }) => repeated)).toEqual([true, true]);
});

test('one of whom nothing can be taken back does not keep the others from being asked, and is named', async () => {
  const envelope = await sent(province, letter({ to: ['G10'] }));
  const { data } = await recall(envelope, {
    act: 'take_back',
    organisations: ['G12', 'G10'],
    reason: 'Nhầm',
  });
  expect(data!.sent.map(({ organisations }) => organisations)).toEqual([['G10']]);
  expect(data!.unasked).toMatchObject([{ code: 'G12', reason: 'exchange.original_unknown' }]);
  expect(data!.unasked[0]!.title).not.toContain('{');
});

test('thu hồi is one message to all; to decline it takes a technical reason', async () => {
  const envelope = await sent(province, letter());
  const copy = await copyOf(ministry, envelope);
  await fetchMessage(ministry, copy);
  const { data } = await recall(envelope, { act: 'recall', reason: 'Sai thẩm quyền' });
  expect(data!.sent.map(({ organisations }) => organisations)).toEqual([['G10', 'G12']]);
  expect(await takingBack(envelope)).toMatchObject([
    { takingBack: { act: 'recall', outcome: 'asked' } },
    { state: 'recalled', takingBack: { act: 'recall', outcome: 'unseen' } },
  ]);
  const request = await copyOf(ministry, data!.sent[0]!.id);
  expect((await fetchMessage(ministry, request)).data).toMatchObject({
    businessType: 1,
    businessReason: 'Sai thẩm quyền',
  });

  const path = { delivery: copy };
  const decline = (text: string) =>
    ministry.POST('/api/exchange/deliveries/{delivery}/recall-answers', {
      params: { path },
      body: { agree: false, text },
    });
  expect((await decline('')).error?.code).toBe('exchange.decline_without_reason');
  expect((await decline('Đã chuyển lưu trữ lịch sử')).response.status).toBe(201);
  expect((await takingBack(envelope))[0]).toMatchObject({ takingBack: { outcome: 'declined' } });
});

test('an update takes the place of a copy that waits, adds one receiver and recalls from another', async () => {
  const envelope = await sent(province, letter());
  const update = { envelope, reason: 'Bổ sung nơi nhận', added: ['H64.31'], removed: ['G12'] };
  const updating = await sent(province, letter({ to: ['G10'], update }));
  expect(await takingBack(envelope)).toMatchObject([
    { organisation: 'G10', takingBack: { act: 'update', outcome: 'unseen', by: updating } },
    { organisation: 'G12', takingBack: { act: 'recall', outcome: 'unseen', by: updating } },
  ]);
  expect((await fetchMessage(commune, await copyOf(commune, updating))).data).toMatchObject({
    businessType: 2,
  });
});

test('a replacement names what it replaces, and is not an update at once', async () => {
  const envelope = await sent(province, letter({ to: ['G10'] }));
  const replacement = { reason: 'Thay thế', documents: [{ envelope }] };
  const replacing = await sent(province, letter({ to: ['G10'], replacement }));
  expect(await takingBack(envelope)).toMatchObject([{ takingBack: { act: 'replace', outcome: 'unseen' } }]);
  expect((await fetchMessage(ministry, await copyOf(ministry, replacing))).data).toMatchObject({
    businessType: 3,
  });
  const update = { envelope, reason: 'Cập nhật' };
  const both = await province.POST('/api/exchange/envelopes', { body: letter({ update, replacement }) });
  expect([both.response.status, both.error?.code]).toEqual([400, 'http.request_invalid']);
});

test('nobody takes back, follows up or counts what another sent (X10)', async () => {
  const envelope = await sent(province, letter());
  const path = { params: { path: { envelope } } };
  const body = { act: 'recall', reason: 'Không phải của tôi' } as const;
  const recalled = await ministry.POST('/api/exchange/envelopes/{envelope}/recalls', { ...path, body });
  const onward = await ministry.GET('/api/exchange/envelopes/{envelope}/onward', path);
  const update = { envelope, reason: 'Cập nhật' };
  const updated = await ministry.POST('/api/exchange/envelopes', {
    body: letter({ from: 'G10', to: ['G12'], update }),
  });
  for (const { response, error } of [recalled, onward, updated]) {
    expect([response.status, error?.code]).toEqual([404, 'exchange.envelope_unknown']);
  }
  expect((await takingBack(envelope)).map(({ takingBack: one }) => one)).toEqual([null, null]);
});

test('what is passed on is counted for who sent it first', async () => {
  const envelope = await sent(province, letter({ to: ['G10'] }));
  const onwardOf = await copyOf(ministry, envelope);
  await fetchMessage(ministry, onwardOf);
  const passed = await sent(ministry, letter({ from: 'G10', to: ['H64.31', 'G12'], onwardOf }));
  await fetchMessage(commune, await copyOf(commune, passed));
  const { data } = await province.GET('/api/exchange/envelopes/{envelope}/onward', {
    params: { path: { envelope } },
  });
  expect(data).toMatchObject({ recipients: 2, reached: 1 });
});

test('a copy that could not be stored is listed apart, and goes back into the list once', async () => {
  const envelope = await sent(province, letter({ to: ['G10'] }));
  const delivery = await copyOf(ministry, envelope);
  await fetchMessage(ministry, delivery);
  const params = { path: { delivery } };
  await ministry.POST('/api/exchange/deliveries/{delivery}/marks', { params, body: { mark: 'fail' } });
  expect(await listed('failed')).toEqual([delivery]);
  expect(await listed('parked')).toEqual([]);
  const key = { 'idempotency-key': 'redeliver-1' };
  const once = await ministry.POST('/api/exchange/deliveries/{delivery}/redelivery', {
    params,
    headers: key,
  });
  const twice = await ministry.POST('/api/exchange/deliveries/{delivery}/redelivery', {
    params,
    headers: key,
  });
  expect(once.data!.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(twice.data).toEqual(once.data);
  expect(await listed('failed')).toEqual([]);
  expect(await copyOf(ministry, envelope)).toBe(delivery);
  const foreign = await commune.POST('/api/exchange/deliveries/{delivery}/redelivery', { params });
  expect([foreign.response.status, foreign.error?.code]).toEqual([404, 'exchange.delivery_unknown']);
});

async function sent(axis: Axis, body: ReturnType<typeof letter>): Promise<string> {
  const { data, error } = await axis.POST('/api/exchange/envelopes', { body });
  expect(error).toBeUndefined();
  return data!.id;
}

async function copyOf(axis: Axis, envelope: string): Promise<string> {
  const { data } = await axis.GET('/api/exchange/deliveries');
  return data!.deliveries.find(({ envelopeId }) => envelopeId === envelope)!.id;
}

async function fetchMessage(axis: Axis, delivery: string) {
  return axis.GET('/api/exchange/deliveries/{delivery}/message', { params: { path: { delivery } } });
}

async function recall(
  envelope: string,
  body: { act: 'take_back' | 'recall'; organisations?: string[]; reason: string },
) {
  return province.POST('/api/exchange/envelopes/{envelope}/recalls', {
    params: { path: { envelope } },
    body,
  });
}

async function takingBack(envelope: string) {
  const { data } = await province.GET('/api/exchange/envelopes/{envelope}', {
    params: { path: { envelope } },
  });
  return data!.recipients;
}

async function listed(state: 'parked' | 'failed'): Promise<string[]> {
  const { data } = await ministry.GET('/api/exchange/deliveries', { params: { query: { state } } });
  return data!.deliveries.map(({ id }) => id);
}
