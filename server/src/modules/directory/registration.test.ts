import { array, assert as assertProperty, constantFrom, property } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addSystem } from './add-system.ts';
import { assignOrganisation } from './assign-organisation.ts';
import { decideRegistration, listRegistrationRequests } from './decide-registration.ts';
import { endOrganisationBySystem } from './end-organisation-by-system.ts';
import { getOrganisation } from './find-organisations.ts';
import { findSystem } from './find-system.ts';
import { canRegisterUnder } from './policy.ts';
import { registerOrganisationBySystem } from './register-organisation-by-system.ts';
import type { RegistrationInput } from './registration.ts';
import { addSmallState, operator } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
let waiting = false;
const hooks = { hasWaitingMail: async () => waiting };
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
  const systems = [
    { externalId: 'ministry', parentCode: 'G12', needsApproval: false },
    { externalId: 'tax', parentCode: 'G12.18', needsApproval: false },
    { externalId: 'province', parentCode: 'H37', needsApproval: true },
    { externalId: 'rootless', needsApproval: false },
  ];
  for (const system of systems) await addSystem(platform, { name: 'Thử', ...system }, operator);
});
afterAll(() => platform.drop());

const actor = { method: 'vxp' } as const;
const idOf = async (externalId: string) => (await findSystem(platform, externalId))!.systemId;
const register = async (externalId: string, registration: RegistrationInput) =>
  registerOrganisationBySystem(platform, { systemId: await idOf(externalId), registration }, actor);
const end = async (externalId: string, code: string) =>
  endOrganisationBySystem(platform, hooks, { systemId: await idOf(externalId), code }, actor);

describe('a system that needs no approval', () => {
  test('registers below its root, and speaks and receives for it at once', async () => {
    const registration = { code: 'G12.40', parentCode: 'G12', name: 'Cục Tin học', email: 'cth@example.vn' };
    const registered = await register('ministry', registration);
    expect(registered).toMatchObject({ outcome: 'registered' });
    const { id } = await getOrganisation(platform, 'G12.40');
    expect(await findSystem(platform, 'ministry')).toMatchObject({ speaksFor: [id], receivesFor: [id] });
    expect(await register('ministry', registration)).toEqual({ outcome: 'unchanged', organisationId: id });
    expect(await register('ministry', { code: 'G12.40', name: 'Cục Chuyển đổi số' })).toMatchObject({
      outcome: 'updated',
    });
    expect(await getOrganisation(platform, 'G12.40')).toMatchObject({
      name: 'Cục Chuyển đổi số',
      email: 'cth@example.vn',
    });
  });

  test('without a parent registers directly below its root', async () => {
    await register('tax', { code: '0100107370', name: 'Doanh nghiệp' });
    expect(await getOrganisation(platform, '0100107370')).toMatchObject({ parentCode: 'G12.18', level: 3 });
  });

  test.each([
    ['ministry', { code: 'H37.77', parentCode: 'H37', name: 'Sở' }, 'outside_subtree'],
    ['ministry', { code: 'H37.02', name: 'Sở của tôi' }, 'outside_subtree'],
    // The shape of the code says nothing: the parent in the directory decides.
    ['ministry', { code: 'G12.77', parentCode: 'H37', name: 'Giả' }, 'outside_subtree'],
    // Below a department that has a system of its own.
    ['ministry', { code: 'G12.18.09', parentCode: 'G12.18', name: 'Chi cục' }, 'outside_subtree'],
    ['tax', { code: 'G12', name: 'Bộ của tôi' }, 'outside_subtree'],
    ['tax', { code: 'G12.18.01', parentCode: 'X99', name: 'Chi cục' }, 'parent_unknown'],
    ['rootless', { code: 'G12.50', parentCode: 'G12', name: 'Vụ' }, 'no_subtree'],
    ['tax', { code: 'sai mã', name: 'Chi cục' }, 'code_malformed'],
  ])('%s may not register %j: %s', async (system, registration, reason) => {
    await expect(register(system, registration)).rejects.toMatchObject({ code: `directory.${reason}` });
  });

  test('does not take over an organisation that receives through another system', async () => {
    await register('tax', { code: 'G12.18.50', name: 'Chi cục' });
    await addSystem(platform, { externalId: 'other', name: 'Khác' }, operator);
    await assignOrganisation(platform, { system: 'other', code: 'G12.18.50', receives: true }, operator);
    await expect(register('tax', { code: 'G12.18.50', name: 'Chi cục mới' })).rejects.toMatchObject({
      code: 'directory.held_by_other_system',
    });
    await expect(end('tax', 'G12.18.50')).rejects.toMatchObject({ code: 'directory.held_by_other_system' });
  });

  test('ends what it registered, but not while mail waits', async () => {
    await register('tax', { code: 'G12.18.60', name: 'Chi cục' });
    waiting = true;
    await expect(end('tax', 'G12.18.60')).rejects.toMatchObject({ code: 'directory.mail_waiting' });
    waiting = false;
    expect(await end('tax', 'G12.18.60')).toMatchObject({ outcome: 'ended' });
    expect(await end('tax', 'G12.18.60')).toMatchObject({ outcome: 'unchanged' });
    await expect(register('tax', { code: 'G12.18.60', name: 'Chi cục' })).rejects.toMatchObject({
      code: 'directory.organisation_ended',
    });
    await expect(end('tax', 'H37.02')).rejects.toMatchObject({ code: 'directory.outside_subtree' });
    await expect(end('tax', 'X99')).rejects.toMatchObject({ code: 'directory.organisation_unknown' });
  });
});

describe('a system that needs approval', () => {
  const pending = async () => listRegistrationRequests(platform, { state: 'pending', limit: 10 });

  test('waits for the operator; asking again replaces what was asked', async () => {
    const first = await register('province', { code: 'H37.80', name: 'Trung tâm' });
    expect(first).toMatchObject({ outcome: 'pending' });
    expect(await register('province', { code: 'H37.80', name: 'Trung tâm Hành chính công' })).toEqual(first);
    await expect(getOrganisation(platform, 'H37.80')).rejects.toMatchObject({
      code: 'directory.organisation_unknown',
    });
    const [request, ...others] = await pending();
    expect(others).toEqual([]);

    const approve = { request: request!.id, decision: 'approved' } as const;
    expect(await decideRegistration(platform, hooks, approve, operator)).toMatchObject({ state: 'approved' });
    expect(await getOrganisation(platform, 'H37.80')).toMatchObject({
      name: 'Trung tâm Hành chính công',
      level: 2,
    });
    expect((await findSystem(platform, 'province'))!.receivesFor).toHaveLength(1);
    // The same decision again is the same; another one is too late.
    expect(await decideRegistration(platform, hooks, approve, operator)).toMatchObject({ state: 'approved' });
    await expect(
      decideRegistration(platform, hooks, { ...approve, decision: 'refused' }, operator),
    ).rejects.toMatchObject({ code: 'directory.request_decided' });
    expect(await register('province', { code: 'H37.80', name: 'Trung tâm Hành chính công' })).toMatchObject({
      outcome: 'unchanged',
    });
  });

  test('a refused request changes nothing', async () => {
    await register('province', { code: 'H37.81', name: 'Trung tâm' });
    const [request] = await pending();
    const decision = { request: request!.id, decision: 'refused', reason: 'Sai tên' } as const;
    expect(await decideRegistration(platform, hooks, decision, operator)).toMatchObject({
      state: 'refused',
      reason: 'Sai tên',
      decidedBy: 'operator:tester',
    });
    await expect(getOrganisation(platform, 'H37.81')).rejects.toThrow();
  });

  test('an ending waits too, and is judged by the rules of the day of the decision', async () => {
    expect(await end('province', 'H37.80')).toMatchObject({ outcome: 'pending' });
    const [request] = await pending();
    const decision = { request: request!.id, decision: 'approved' } as const;
    waiting = true;
    await expect(decideRegistration(platform, hooks, decision, operator)).rejects.toMatchObject({
      code: 'directory.mail_waiting',
    });
    waiting = false;
    await decideRegistration(platform, hooks, decision, operator);
    expect((await getOrganisation(platform, 'H37.80')).state).toBe('ended');
  });

  test('nobody decides a request that does not exist', async () => {
    await expect(
      decideRegistration(platform, hooks, { request: 'nothing', decision: 'approved' }, operator),
    ).rejects.toMatchObject({ code: 'directory.request_unknown' });
  });
});

test('only the systems of the nearest root above may register', () => {
  const systems = array(constantFrom('a', 'b', 'c'), { maxLength: 2 });
  assertProperty(
    property(array(systems), constantFrom('a', 'b', 'c'), (roots, system) => {
      const path = roots.map((rootOf) => ({ rootOf }));
      const nearest = roots.find((rootOf) => rootOf.length > 0) ?? [];
      expect(canRegisterUnder(system, path)).toBe(nearest.includes(system));
    }),
  );
});
