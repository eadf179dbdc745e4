// What `callboard new` calls in the engine: texts of JSON in, texts of JSON out.
import { FileEngine, ValueEngine, isTrue } from './engine.js'

let hosts = {}
let values
let files

const answer = value => JSON.stringify(value)

globalThis.startValues = text => { hosts = JSON.parse(text); values = new ValueEngine(hosts) }
globalThis.useContext = text => { const { context, failed } = JSON.parse(text); values.failed = failed; values.use(context) }
globalThis.renderValue = text => {
  const unrendered = []
  values.checked = false
  const rendered = values.render({ value: JSON.parse(text) }, unrendered)
  return answer({ value: rendered.value, isEmpty: !('value' in rendered), isTrue: isTrue(rendered.value), checked: values.checked, unrendered })
}
globalThis.startFiles = text => { const given = JSON.parse(text); files = new FileEngine(hosts, given.values, given.options) }
globalThis.renderFile = text => {
  try {
    return answer({ text: files.render(JSON.parse(text)) })
  } catch (error) {
    return answer({ error: String(error.message), line: error.line ?? 0 })
  }
}
