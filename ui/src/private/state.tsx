/** Where an application stands, and what every page of it reads. */
import { useTranslation } from 'react-i18next'

import { getListPrivateViewingsQueryOptions, getPrivateViewingRulesQueryOptions, getReadPrivateViewingQueryOptions, type PrivateOut } from '../api/generated'
import { StateMark, type Standing } from '../frame/parts'

const REFRESH_MS = 5_000 // the one who consents sits elsewhere
const STANDING: Record<PrivateOut['state'], Standing> = { asked: 'soon', consented: 'active', refused: 'unknown', withdrawn: 'unknown', expired: 'unknown', completed: 'met' }

export const privateListQuery = getListPrivateViewingsQueryOptions({ refetchInterval: REFRESH_MS })
export const privateRulesQuery = getPrivateViewingRulesQueryOptions({ staleTime: Infinity })
export const privateQuery = (id: string) => getReadPrivateViewingQueryOptions(id, { refetchInterval: REFRESH_MS })

export function PrivateStateMark(props: { state: PrivateOut['state'] }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state]}>{t(`private.state.${props.state}`)}</StateMark>
}
