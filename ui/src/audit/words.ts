/** The texts of audit and rights come with their pages; importing this module makes them known. */
import i18n, { type Language } from '../i18n'
import { audit } from '../i18n/audit'

for (const language of Object.keys(audit) as Language[]) i18n.addResourceBundle(language, 'translation', audit[language], true, false)
