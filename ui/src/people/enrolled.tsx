/** A one-time code to be handed over in person; shown once. */
import { Alert, Button, Modal, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import type { EnrolmentOut } from '../api/generated'
import { stamp } from '../frame/time'

export function Enrolled(props: { enrolment: EnrolmentOut; onClose: () => void }) {
  const { t } = useTranslation()
  const { enrolment } = props
  return (
    <Modal open title={t('people.once')} footer={<Button type="primary" onClick={props.onClose}>{t('people.handed')}</Button>} closable={false}>
      <Alert type="warning" className="spaced" title={t('people.onceHint')} />
      <p>{t('people.codeFor', { name: enrolment.person.name })}</p>
      <p><Typography.Text code copyable className="one-time">{enrolment.code}</Typography.Text></p>
      <p className="secondary">{t('people.codeUntil', { time: stamp(enrolment.valid_until_ms) })}</p>
    </Modal>
  )
}
