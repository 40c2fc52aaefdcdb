import { useTranslation } from 'react-i18next'

import type { Camera } from '../api/types'
import { StateMark, type Standing } from '../frame/parts'

const STANDING: Record<Camera['state'], Standing> = { recording: 'met', starting: 'soon', offline: 'overdue', stopped: 'unknown' }

export function CameraStateMark(props: { camera: Pick<Camera, 'state' | 'cause'>; brief?: boolean }) {
  const { t } = useTranslation()
  const { state, cause } = props.camera
  return (
    <StateMark standing={STANDING[state] ?? 'unknown'}>
      {t(`cameraState.${state}`, { defaultValue: state })}
      {props.brief !== true && state === 'offline' && cause !== null && cause !== '' && `（${t(`cause.${cause}`, { defaultValue: cause })}）`}
    </StateMark>
  )
}
