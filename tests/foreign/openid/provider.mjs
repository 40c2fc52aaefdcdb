// A certified OpenID provider on loopback. Argument: JSON {clients}. Prints its issuer once it listens.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'

import { Provider } from 'oidc-provider'

const { clients } = JSON.parse(process.argv[2])
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const server = createServer()

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'of-the-stranger', use: 'sig' }] },
    features: { backchannelLogout: { enabled: true } },
    // its own way of asking calls no loopback, where our tests are
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
