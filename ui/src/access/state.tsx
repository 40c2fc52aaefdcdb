import { useTranslation } from 'react-i18next'

import { StateMark, type Standing } from '../frame/parts'

const STANDING: Record<string, Standing> = {
  submitted: 'soon', approved: 'soon', exporting: 'soon', ready: 'soon', delivered: 'soon', completed: 'met', refused: 'overdue', withdrawn: 'unknown',
}

export function RequestState(props: { state: string }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state] ?? 'unknown'}>{t(`requestState.${props.state}`, { defaultValue: props.state })}</StateMark>
}
