/** Puts a camera on record: the stream is tested first; a refusal shows its arithmetic. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Descriptions, Drawer, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { http, Refusal } from '../api/client'
import { camerasQuery } from '../api/queries'
import type { Measured, NewCamera } from '../api/types'
import { Problem } from '../frame/parts'
import { rate } from '../frame/time'

interface Words extends Omit<NewCamera, 'expected_bitrate_bps'> {
  expected_mbps?: number
}

function body(words: Words): NewCamera {
  const { expected_mbps, ...rest } = words
  const filled = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== '')) as unknown as NewCamera
  return expected_mbps === undefined || expected_mbps === null ? filled : { ...filled, expected_bitrate_bps: Math.round(expected_mbps * 1e6) }
}

function MeasuredFacts(props: { measured: Measured }) {
  const { t } = useTranslation()
  const { measured } = props
  return (
    <Descriptions
      size="small"
      column={2}
      bordered
      className="spaced"
      title={t('cameras.measured')}
      items={[
        { key: 'codec', label: t('cameras.codec'), children: measured.codec.toUpperCase() },
        { key: 'size', label: t('cameras.size'), children: `${measured.width}×${measured.height}` },
        { key: 'fps', label: t('cameras.fps'), children: measured.fps.toFixed(1) },
        { key: 'rate', label: t('cameras.rate'), children: rate(measured.bitrate_bps) },
        { key: 'gop', label: t('cameras.gop'), children: `${measured.gop_s.toFixed(1)} s` },
        { key: 'audio', label: t('cameras.audio'), children: measured.audio ?? t('common.none') },
      ]}
    />
  )
}

export function AddCamera(props: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<Words>()
  const probe = useMutation({
    mutationFn: (words: Words) =>
      http.post<Measured>('/cameras/probe', { url: words.url, user: words.user ?? '', password: words.password ?? '', transport: words.transport, engine: words.engine }),
    onSuccess: (measured) => {
      if (form.getFieldValue('expected_mbps') === undefined) form.setFieldValue('expected_mbps', Math.ceil(measured.bitrate_bps / 1e5) / 10)
    },
  })
  const add = useMutation({
    mutationFn: (words: Words) => http.post('/cameras', body(words)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: camerasQuery.queryKey })
      props.onClose()
    },
    onError: (problem) => {
      if (problem instanceof Refusal && problem.facts.field != null && problem.facts.field in form.getFieldsValue()) {
        form.setFields([{ name: problem.facts.field as keyof Words, errors: [problem.text] }])
      }
    },
  })
  const test = async (): Promise<void> => {
    await form.validateFields(['url'])
    probe.mutate(form.getFieldsValue())
  }
  const required = [{ required: true, message: t('common.required') }]
  const address = [...required, { pattern: /^rtsps?:\/\/[^@\s]+$/i, message: t('cameras.urlHint') }]
  return (
    <Drawer open size={480} title={t('cameras.add')} onClose={props.onClose} extra={<Button type="primary" loading={add.isPending} onClick={() => form.submit()}>{t('cameras.submit')}</Button>}>
      <Form<Words> form={form} layout="vertical" requiredMark={false} initialValues={{ transport: 'tcp', engine: 'native' }} onFinish={(words) => add.mutate(words)}>
        <Form.Item name="name" label={t('cameras.name')} rules={required}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="place" label={t('cameras.place')} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="url" label={t('cameras.url')} extra={t('cameras.urlHint')} rules={address}>
          <Input maxLength={2000} placeholder="rtsp://192.0.2.10:554/main" />
        </Form.Item>
        <Form.Item name="sub_url" label={t('cameras.subUrl')} extra={t('cameras.subHint')}>
          <Input maxLength={2000} placeholder="rtsp://192.0.2.10:554/sub" />
        </Form.Item>
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <Form.Item name="user" label={t('cameras.user')} style={{ flex: 1 }}>
            <Input autoComplete="off" maxLength={100} />
          </Form.Item>
          <Form.Item name="password" label={t('cameras.password')} style={{ flex: 1 }}>
            <Input.Password autoComplete="new-password" maxLength={256} />
          </Form.Item>
        </div>
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <Form.Item name="transport" label={t('cameras.transport')} style={{ flex: 1 }}>
            <Select options={[{ value: 'tcp', label: 'TCP' }, { value: 'udp', label: 'UDP' }]} />
          </Form.Item>
          <Form.Item name="engine" label={t('cameras.engine')} style={{ flex: 1 }}>
            <Select options={[{ value: 'native', label: t('cameras.native') }, { value: 'av', label: t('cameras.av') }]} />
          </Form.Item>
          <Form.Item name="expected_mbps" label={t('cameras.expected')} style={{ flex: 1 }}>
            <InputNumber min={0.1} max={200} step={0.1} suffix="Mb/s" style={{ width: '100%' }} />
          </Form.Item>
        </div>
        <Form.Item name="audio_basis" label={t('cameras.audioBasis')} extra={t('cameras.audioHint')}>
          <Input maxLength={200} />
        </Form.Item>
        <Button className="spaced" loading={probe.isPending} onClick={() => void test().catch(() => undefined)}>
          {t('cameras.test')}
        </Button>
        {probe.error !== null && <Problem problem={probe.error} />}
        {probe.data !== undefined && <MeasuredFacts measured={probe.data} />}
        {(probe.data?.gop_s ?? 0) > 4 && <Alert type="warning" className="spaced" title={t('cameras.longGop')} />}
        {add.error !== null && <Problem problem={add.error} />}
      </Form>
    </Drawer>
  )
}
