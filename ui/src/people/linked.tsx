/** Who a person is to the identity provider: seen, linked, taken away. */
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getReadPersonQueryKey, useLinkPerson, useUnlinkPerson, type LinkForm, type LinkOut, type PersonOut } from '../api/generated'
import { Facts } from '../frame/entity'
import { Problem, StateMark } from '../frame/parts'
import { useProviderName } from '../frame/provider'
import { stamp } from '../frame/time'
import { Dialog } from '../organs/forms'

function LinkDialog(props: { person: string; onClose: () => void; onDone: () => Promise<void> }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<LinkForm>()
  const link = useLinkPerson({
    onSuccess: async () => {
      await props.onDone()
      props.onClose()
    },
  })
  return (
    <Dialog title={t('provider.linkTitle')} follows={t('provider.linkFollows')} form={form} initial={{}} pending={link.isPending} problem={link.error} onClose={props.onClose} onFinish={(data) => link.mutate({ person: props.person, data })}>
      <Form.Item name="subject" label={t('provider.subject')} extra={t('provider.subjectHint')} rules={[{ required: true, message: t('common.required') }]}><Input maxLength={255} autoComplete="off" spellCheck={false} className="mono" /></Form.Item>
    </Dialog>
  )
}

/** Nothing where there is neither a provider nor a link from the time when there was one. */
export function Linked(props: { person: PersonOut; link: LinkOut | null; may: boolean }) {
  const { t } = useTranslation()
  const name = useProviderName()
  const client = useQueryClient()
  const [linking, setLinking] = useState(false)
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: getReadPersonQueryKey(props.person.id) })
  const unlink = useUnlinkPerson({ onSuccess: changed })
  const { link } = props
  if (name === null && link === null) return null
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t('provider.title')}</h2>
        {props.may && link === null && <Button onClick={() => setLinking(true)}>{t('provider.link')}</Button>}
        {props.may && link !== null && (
          <Popconfirm title={t('provider.unlinkAsk', { name: props.person.display_name })} okText={t('provider.unlink')} cancelText={t('common.cancel')} onConfirm={() => unlink.mutate({ person: props.person.id })}>
            <Button danger loading={unlink.isPending}>{t('provider.unlink')}</Button>
          </Popconfirm>
        )}
      </div>
      {unlink.error !== null && <Problem problem={unlink.error} />}
      {link === null ? <p className="secondary">{t('provider.none')}</p> : (
        <Facts
          facts={[
            { key: 'subject', label: t('provider.subject'), value: <span className="mono wrap">{link.subject}</span> },
            { key: 'linked', label: t('provider.linked'), value: stamp(link.linked_ms) },
            { key: 'state', label: t('common.state'), value: <StateMark standing={link.confirmed_ms === null ? 'active' : 'met'}>{t(link.confirmed_ms === null ? 'provider.state.waiting' : 'provider.state.confirmed')}</StateMark> },
            { key: 'confirmed', label: t('provider.first'), value: link.confirmed_ms === null ? t('provider.firstHint') : stamp(link.confirmed_ms) },
          ]}
        />
      )}
      {linking && <LinkDialog person={props.person.id} onClose={() => setLinking(false)} onDone={changed} />}
    </section>
  )
}
