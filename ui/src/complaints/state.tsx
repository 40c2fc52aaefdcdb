import { useTranslation } from 'react-i18next'

import type { ComplaintOut } from '../api/generated'
import { StateMark } from '../frame/parts'

export function ComplaintState(props: { complaint: ComplaintOut }) {
  const { t } = useTranslation()
  const { state } = props.complaint
  return <StateMark standing={state === 'answered' ? 'met' : 'active'}>{t(`complaints.state.${state}`)}</StateMark>
}
