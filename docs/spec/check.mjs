// Explores the specifications, then plants each bug of bugs.txt in a copy and demands that an invariant fails.
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const { values: options } = parseArgs({ options: {
  samples: { type: 'string', default: '2000' }, steps: { type: 'string', default: '80' }, only: { type: 'string', default: '' } } })

function run(file, samples) {
  const began = Date.now()
  const { stdout, stderr } = spawnSync(join(here, 'node_modules/.bin/quint'), ['run', '--backend=typescript', '--invariant=safe',
    `--max-samples=${samples}`, `--max-steps=${options.steps}`, '--verbosity=1', file], { encoding: 'utf8' })
  const text = stdout + stderr
  const outcome = text.includes('Invariant violated') ? 'violated' : text.includes('No violation found') ? 'held' : text.trim()
  return { outcome, seconds: ((Date.now() - began) / 1000).toFixed(1), seed: /--seed=(\S+)/.exec(text)?.[1] }
}

function bugs() {
  return readFileSync(join(here, 'bugs.txt'), 'utf8').split('\n\n').slice(1).map(block => {
    const [title, from, to] = block.split('\n')
    const [module, name] = title.split(/: (.*)/)
    return { module, name, from: from.slice(2), to: to.slice(2) }
  })
}

let [passed, failed] = [0, 0]
function report(isRight, text) {
  isRight ? passed++ : failed++
  console.log(`${isRight ? 'ok  ' : 'FAIL'} ${text}`)
}

const folder = mkdtempSync(join(tmpdir(), 'spec-'))
const all = bugs().filter(bug => `${bug.module}: ${bug.name}`.includes(options.only))
for (const module of new Set(all.map(bug => bug.module))) {
  const source = readFileSync(join(here, `${module}.qnt`), 'utf8')
  if (options.only === '') {
    const { outcome, seconds, seed } = run(join(here, `${module}.qnt`), options.samples)
    report(outcome === 'held', `${module}: ${outcome} in ${options.samples} runs of ${options.steps} steps, ${seconds} s, seed ${seed}`)
  }

  for (const bug of all.filter(each => each.module === module)) {
    if (source.split(bug.from).length !== 2) {
      report(false, `${bug.name}: its line does not stand once in ${module}.qnt`)
      continue
    }

    const copy = join(folder, `${module}.qnt`)
    writeFileSync(copy, source.replace(bug.from, () => bug.to))
    const { outcome, seconds, seed } = run(copy, 20 * options.samples)
    report(outcome === 'violated', `${bug.name}: ${outcome} after ${seconds} s, seed ${seed}`)
  }
}

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
