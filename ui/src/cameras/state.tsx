import { useTranslation } from 'react-i18next'

import type { CameraOut } from '../api/generated'
import { StateMark, type Standing } from '../frame/parts'

const STANDING: Record<CameraOut['state'], Standing> = { recording: 'met', starting: 'active', offline: 'overdue', stopped: 'unknown' }

export function CameraStateMark(props: { camera: Pick<CameraOut, 'state' | 'cause'>; brief?: boolean }) {
  const { t } = useTranslation()
  const { state, cause } = props.camera
  return (
    <StateMark standing={STANDING[state] ?? 'unknown'}>
      {t(`cameraState.${state}`, { defaultValue: state })}
      {props.brief !== true && state === 'offline' && cause !== null && cause !== '' && `（${t(`cause.${cause}`, { defaultValue: cause })}）`}
    </StateMark>
  )
}
