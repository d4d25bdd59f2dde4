/** Playwright's reporter for `npm test`: results go to the runner, nothing to the terminal. */
import { report } from './report-file.mjs';

export default class QuietReporter {
  onBegin(_config, suite) {
    this.suite = suite;
  }

  /** Without this Playwright adds a reporter that prints. */
  printsToStdio() {
    return true;
  }

  onTestEnd(test, { status, errors, duration }) {
    const passed = status === test.expectedStatus;
    const state = status === 'skipped' ? 'skipped' : passed ? 'passed' : 'failed';
    const message = errors.map(asText).join('\n\n') || (passed ? '' : status);
    report(state, test.location.file, nameOf(test), message, duration);
  }

  /** What goes wrong outside of tests: a file that cannot be loaded, a server that does not start. */
  onError(error) {
    report('failed', error.location?.file, '(outside of any test)', asText(error));
  }

  /** Tests that never began, because one before them in a serial file failed or the run was stopped. */
  onEnd() {
    for (const test of this.suite?.allTests() ?? []) {
      if (test.results.length === 0) report('skipped', test.location.file, nameOf(test), 'did not run');
    }
  }
}

/** Without the root, the project and the file. */
function nameOf(test) {
  return test.titlePath().slice(3).join(' > ');
}

/** The message has the lines around the place in it. */
function asText({ message, value, snippet, location }) {
  const where = location && `at ${location.file}:${location.line}:${location.column}`;
  return [message ?? value, snippet, where].filter(Boolean).join('\n');
}
