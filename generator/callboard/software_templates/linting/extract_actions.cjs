// Packages of Backstage's scaffolder, unpacked below a folder → actions.json, on standard output. Nothing of them is run but their
// declarations: every package that they require is replaced by a stand-in.
//
//   mkdir packages && cd packages
//   for name in @backstage/plugin-scaffolder-backend @backstage/plugin-scaffolder-backend-module-github …; do
//     tar xzf "$(npm pack --silent "$name")" --one-top-level; done
//   node ../extract_actions.cjs . > ../actions.json
'use strict'
const Module = require('module')
const fs = require('fs')
const path = require('path')

const OWN = new Set(['path', 'fs', 'url', 'util', 'events', 'stream', 'crypto', 'os', 'node:path', 'node:fs'])
const TYPES = new Set(['string', 'boolean', 'number', 'array', 'object', 'record'])
const INFO = Symbol('info')
const declared = []

// Anything that can be called, constructed and looked into.
function standIn () {
  return new Proxy(function () {}, {
    get: (_, key) => key === Symbol.toPrimitive ? () => '' : key === Symbol.iterator ? function * () {} : key === 'then' ? undefined
      : key === '__esModule' ? true : key === 'length' ? 0 : standIn(),
    apply: () => standIn(), construct: () => standIn(), has: () => true
  })
}

// A schema of zod that remembers its type, its keys and whether it is optional.
function schema (info) {
  return new Proxy(function () {}, {
    get: (_, key) => key === INFO ? info : key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : (...given) => {
      const other = given[0] && given[0][INFO]
      if (key === 'array') return schema({ type: 'array' })
      if (key === 'or') return schema({ ...info, type: 'union', parts: [schema(info), given[0]] })
      if (key === 'extend') return schema({ ...info, keys: { ...info.keys, ...given[0] } })
      if (key === 'merge' || key === 'and') return schema({ ...info, keys: { ...info.keys, ...(other && other.keys) } })
      return schema({ ...info, optional: info.optional || ['optional', 'default', 'nullish'].includes(key) })
    },
    apply: () => schema(info)
  })
}
const zod = new Proxy({}, {
  get: (_, key) => key === 'z' || key === 'default' ? zod : key === '__esModule' ? true : (...given) => {
    if (key === 'optional') return schema({ ...(given[0] && given[0][INFO]), optional: true })
    const info = { type: String(key) }
    if (key === 'object') info.keys = given[0] || {}
    if (key === 'union' || key === 'discriminatedUnion') info.parts = given[key === 'union' ? 0 : 1]
    if (key === 'enum') info.values = given[0]
    return schema(info)
  }
})

const load = Module._load
Module._load = function (name, ...rest) {
  if (name.startsWith('.') || name.startsWith('/') || OWN.has(name)) return load.call(this, name, ...rest)
  if (name.startsWith('zod')) return zod
  if (name === 'yaml') return { stringify: () => '', parse: () => ({}), __esModule: true, default: { stringify: () => '' } }
  if (name !== '@backstage/plugin-scaffolder-node') return standIn()
  return new Proxy({}, { get: (_, key) => key === 'createTemplateAction' ? action => { declared.push(action); return action } : standIn() })
}
process.on('unhandledRejection', () => {})

// Name → { required, type, values } of a schema: zod, functions that make zod, or JSON Schema.
function fields (given) {
  const made = typeof given === 'function' && !given[INFO] ? given(zod) : given
  if (!made) return {}
  if (made[INFO] && made[INFO].parts) {
    return Object.fromEntries(made[INFO].parts.flatMap(part => Object.entries(fields(part))).map(([name, field]) => [name, { ...field, required: false }]))
  }
  if (!made[INFO] && (made.properties || Array.isArray(made.oneOf))) {
    const parts = [made, ...(made.oneOf || [])]
    return Object.assign({}, ...parts.map(part => Object.fromEntries(Object.entries(part.properties || {}).map(([name, field]) =>
      [name, { required: (part.required || []).includes(name) && !made.oneOf, type: field.type, values: field.enum }]))))
  }
  return Object.fromEntries(Object.entries(made[INFO] ? made[INFO].keys || {} : made).map(([name, field]) => {
    const one = typeof field === 'function' && !field[INFO] ? field(zod) : field
    const info = (one && one[INFO]) || {}
    return [name, { required: !info.optional, type: info.type, values: info.values }]
  }))
}

function walk (folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.resolve(folder, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') walk(place)
    else if (entry.name.endsWith('.cjs.js')) {
      try {
        for (const [name, make] of Object.entries(require(place))) if (name.startsWith('create') && typeof make === 'function') make(standIn())
      } catch (error) { process.stderr.write(`${place}: ${error}\n`) }
    }
  }
}

walk(process.argv[2])
const rows = declared.filter(each => each && typeof each.id === 'string').map(each => {
  const inputs = fields(each.schema && each.schema.input)
  const outputs = Object.keys(fields(each.schema && each.schema.output)).sort()
  const names = Object.keys(inputs).sort((a, b) => inputs[b].required - inputs[a].required)
  const type = name => { const found = inputs[name].type; return found === 'record' ? 'object' : TYPES.has(found) ? found : 'any' }
  const choices = Object.fromEntries(names.filter(name => inputs[name].values).map(name => [name, inputs[name].values]))
  const row = { inputs: Object.fromEntries(names.map(name => [name, type(name)])), required: names.filter(name => inputs[name].required), choices, outputs }
  if (each.id === 'catalog:register') Object.assign(row, { required: [], outputs: ['catalogInfoUrl', 'entityRef'] }) // one of two; undeclared
  if (each.id === 'notification:send') row.choices = {}
  for (const key of ['required', 'choices', 'outputs']) if (!Object.keys(row[key]).length) delete row[key]
  return [each.id, row]
})
const table = new Map(rows)
if (table.has('roadiehq:utils:merge')) table.set('roadiehq:utils:json:merge', table.get('roadiehq:utils:merge')) // its former name
const sorted = [...table].sort(([a], [b]) => a < b ? -1 : 1)
process.stdout.write(`{\n${sorted.map(([id, row]) => `  ${JSON.stringify(id)}: ${JSON.stringify(row)}`).join(',\n')}\n}\n`)
