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

const ON_RECORD: Record<NonNullable<CameraOut['record']>, Standing> = { signed: 'met', draft: 'soon', none: 'soon' }

/** Whether the camera is in the register; until it is, something is owed. */
export function RecordMark(props: { camera: Pick<CameraOut, 'record'> }) {
  const { t } = useTranslation()
  const record = props.camera.record ?? 'none'
  return <StateMark standing={ON_RECORD[record]}>{t(`siting.onRecord_${record}`)}</StateMark>
}
