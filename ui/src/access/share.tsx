/** One officer's share of a key, shown once: to be written down, printed or saved, then gone. */
import { Alert, Button, Modal, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import type { GivenShareOut } from '../api/generated'

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

export function GivenShare(props: { share: GivenShareOut | null; onClose: () => void }) {
  const { t } = useTranslation()
  const { share } = props
  return (
    <Modal
      open={share !== null}
      title={t('sealing.mineTitle')}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={share !== null && (
        <>
          <Button onClick={() => save(`share-${share.letter}.txt`, t('sealing.file', { number: share.number, officer: share.officer, words: share.words }))}>{t('sealing.save')}</Button>
          <Button type="primary" onClick={props.onClose}>{t('sealing.close')}</Button>
        </>
      )}
    >
      {share !== null && (
        <>
          <Alert type="warning" showIcon title={t('sealing.mineOnce')} description={t('sealing.mineKeep')} />
          <p>{share.officer} · {t('sealing.share', { letter: share.letter })} · {share.number}</p>
          <Typography.Paragraph className="mono share-words" copyable={{ text: share.words, tooltips: [t('sealing.copy'), t('sealing.copy')] }}>{share.words}</Typography.Paragraph>
        </>
      )}
    </Modal>
  )
}
