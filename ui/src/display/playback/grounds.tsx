/** The unit's own list of grounds for playback: one on each line; a change is an entry in the ledger. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { changePurposes, getListPurposesQueryKey } from '../../api/generated'
import { ArticleChip, Problem } from '../../frame/parts'

export function Grounds(props: { grounds: readonly string[]; copies: readonly string[] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [text, setText] = useState<string | null>(null)
  const [copies, setCopies] = useState<string[]>([])
  const change = useMutation({
    mutationFn: (lines: string[]) => changePurposes({ purposes: lines, copies: copies.filter((ground) => lines.includes(ground)) }),
    onSuccess: (changed) => {
      client.setQueryData(getListPurposesQueryKey(), changed)
      setText(null)
    },
  })
  const lines = (text ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '')
  const open = (): void => {
    setText(props.grounds.join('\n'))
    setCopies([...props.copies])
  }
  return (
    <>
      <Button type="link" size="small" onClick={open}>{t('playback.groundChange')}</Button>
      <Modal open={text !== null} title={t('playback.groundChange')} okText={t('playback.groundSave')} okButtonProps={{ disabled: lines.length === 0 }} confirmLoading={change.isPending} onOk={() => change.mutate(lines)} onCancel={() => setText(null)}>
        <p>{t('playback.groundHint')}</p>
        <Input.TextArea rows={8} value={text ?? ''} aria-label={t('playback.ground')} onChange={(event) => setText(event.target.value)} />
        <p className="spaced-top">{t('playback.groundCopies')} <ArticleChip matter="register" /></p>
        <Checkbox.Group className="stacked" value={copies} onChange={setCopies} options={[...new Set(lines)].map((ground) => ({ value: ground, label: t(`ground.${ground}`, { defaultValue: ground }) }))} />
        {change.error !== null && <Problem problem={change.error} />}
      </Modal>
    </>
  )
}
