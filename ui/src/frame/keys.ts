/** The browser's side of a security key: the server's question in, the key's answer out, as JSON both ways. */
import { Refusal } from '../api/client'
import i18n from '../i18n'

type Json = Record<string, unknown>

/** Whether this page may use keys at all: over HTTPS or on localhost, in a browser that knows them. */
export const keysWork = (): boolean => typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential

function given(credential: Credential | null): Json {
  if (credential === null) throw refused()
  return (credential as PublicKeyCredential).toJSON() as unknown as Json
}

const refused = (): Refusal =>
  new Refusal(0, { code: 'key-browser', text: i18n.t('keys.refused'), remedy: i18n.t('keys.refusedRemedy') })

async function answered(asking: Promise<Credential | null>): Promise<Json> {
  try {
    return given(await asking)
  } catch (problem) {
    throw problem instanceof Refusal ? problem : refused() // the browser tells no more than that it did not work
  }
}

/** The answer of a key that is on record. */
export const answerOf = (options: Json): Promise<Json> =>
  answered(navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON) }))

/** The answer of a key that is to be put on record. */
export const newKey = (options: Json): Promise<Json> =>
  answered(navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON) }))
