'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { StreamTokenError } = require('../index.js');
const { cases, judge, knowsOnly } = require('./vectors/format.js');
const forms = require('./vectors/operations.js');

/** The whole result of a case. */
async function run(form, each) {
  const [members, operation] = forms.operations[each.operation] ?? [];
  assert.ok(members, `${each.id}: no operation ${each.operation}`);
  knowsOnly(each.input, members, each.id);
  try {
    return await operation(form, each);
  } catch (error) {
    if (!(error instanceof StreamTokenError)) throw error;
    return { error };
  }
}

for (const name of ['sync', 'async']) {
  test(`every vector gives its golden result, ${name}`, async () => {
    const all = cases();
    let passed = 0;
    for (const each of all) {
      judge(each, await run(forms[name], each));
      passed += 1;
    }
    assert.ok(passed > 1000, 'the vectors are gone');
    assert.equal(passed, all.length);
    console.log(`vectors: ${passed} passed on Node.js, ${name} (${process.version})`);
  });
}
