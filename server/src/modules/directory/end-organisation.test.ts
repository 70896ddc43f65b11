import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganisation } from './add-organisation.ts';
import { changeContact } from './change-contact.ts';
import { endOrganisation } from './end-organisation.ts';
import { getOrganisation } from './find-organisations.ts';
import { addSmallState, operator, readFacts } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
});
afterAll(() => platform.drop());

const noMail = { hasWaitingMail: async () => false };

test('an organisation ends for good, with who, when and why', async () => {
  const { organisation, ended } = await endOrganisation(
    platform,
    noMail,
    { code: 'H37.30', reason: 'Giải thể' },
    operator,
  );
  expect(ended).toBe(true);
  expect(organisation).toMatchObject({ state: 'ended', stateReason: 'Giải thể', stateBy: 'operator:tester' });
  expect(await endOrganisation(platform, noMail, { code: 'H37.30' }, operator)).toMatchObject({
    ended: false,
  });
  const facts = await readFacts(platform, organisation.id);
  expect(facts.filter(({ kind }) => kind === 'directory.organisation_ended')).toHaveLength(1);
  await expect(
    addOrganisation(platform, { code: 'H37.30', name: 'Xã khác' }, operator),
  ).rejects.toMatchObject({
    code: 'directory.code_taken',
  });
});

test('it does not end while mail waits, others stand below it, or it is the axis', async () => {
  const mail = { hasWaitingMail: async () => true };
  await expect(endOrganisation(platform, mail, { code: 'H37.02' }, operator)).rejects.toMatchObject({
    code: 'directory.mail_waiting',
  });
  await expect(endOrganisation(platform, noMail, { code: 'G12' }, operator)).rejects.toMatchObject({
    code: 'directory.has_active_children',
    parameters: { code: 'G12', count: 1 },
  });
  await expect(endOrganisation(platform, noMail, { code: '00.01.W00' }, operator)).rejects.toMatchObject({
    code: 'directory.axis_cannot_end',
  });
  expect((await getOrganisation(platform, 'H37.02')).state).toBe('active');
});

test('a child is not added to an organisation that ends at the same moment', async () => {
  await addOrganisation(platform, { code: 'K05', name: 'Hội' }, operator);
  const [end, add] = await Promise.allSettled([
    endOrganisation(platform, noMail, { code: 'K05' }, operator),
    addOrganisation(platform, { code: 'K05.01', name: 'Chi hội', parentCode: 'K05' }, operator),
  ]);
  expect([end.status, add.status].sort()).toEqual(['fulfilled', 'rejected']);
});

test('the contact changes field by field', async () => {
  const change = (contact: object) => changeContact(platform, { code: 'G12', ...contact }, operator);
  await change({ email: 'vanthu@example.vn', phone: '024 000 000' });
  const { organisation } = await change({ phone: '' });
  expect(organisation).toMatchObject({ email: 'vanthu@example.vn', phone: null });
  expect(await change({})).toMatchObject({ changed: false });
  await expect(change({ fax: 'x'.repeat(21) })).rejects.toMatchObject({ code: 'directory.contact_too_long' });
});
