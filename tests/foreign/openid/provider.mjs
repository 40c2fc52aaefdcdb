// A certified OpenID provider on loopback. Argument: JSON {clients, host?}. Prints its issuer once it listens.
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
  })
  // what it tells a client that is not there is the tests' business, not the console's
  server.on('request', provider.callback())
  console.log(issuer)
})
