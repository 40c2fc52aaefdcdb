/** Confidential reports of designation: one's own with their receipt, and for the handlers those that their organ received. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  getListAccusableOrgansQueryOptions, getListDesignationReportsQueryKey, getListDesignationReportsQueryOptions, handleDesignationReport, reportDesignation,
  type NewReport, type ReportOut, type ReportState, type ReportStep,
} from '../api/generated'
import { Facts, Steps } from '../frame/entity'
import { ArticleChip, Problem, StateMark, type Standing } from '../frame/parts'
import { QueryPage } from '../frame/query'
import { stamp } from '../frame/time'
import './words'

const STANDING: Record<ReportState, Standing> = { received: 'active', correction_ordered: 'active', sanctioned: 'active', transferred: 'active', closed: 'met' }

function Mark(props: { state: ReportState }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state]}>{t(`designation.state.${props.state}`)}</StateMark>
}

function useRefresh(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: getListDesignationReportsQueryKey() })
}

function Report(props: { onClose: () => void }) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const refresh = useRefresh()
  const organs = useQuery(getListAccusableOrgansQueryOptions())
  const [form] = Form.useForm<NewReport>()
  const act = useMutation({
    mutationFn: reportDesignation,
    onSuccess: async (made) => {
      await refresh()
      props.onClose()
      modal.success({ title: t('designation.made', { number: made.number }), content: t('designation.keep') })
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Modal open title={t('designation.add')} okText={t('designation.add')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending}>
      <Alert type="info" className="spaced" title={t('designation.keep')} action={<ArticleChip matter="choice" />} />
      <Form<NewReport> form={form} layout="vertical" requiredMark={false} initialValues={{ way: 'superior' }} onFinish={(words) => act.mutate(words)}>
        <Form.Item name="accused" label={t('designation.accused')} rules={required}>
          <Select showSearch optionFilterProp="label" options={(organs.data ?? []).map((organ) => ({ value: organ.id, label: organ.name }))} />
        </Form.Item>
        <Form.Item name="way" label={t('designation.way')}>
          <Radio.Group options={[{ value: 'superior', label: t('designation.superior') }, { value: 'supervision', label: t('designation.supervision') }]} />
        </Form.Item>
        <Form.Item name="happened_on" label={t('designation.on')} rules={required}><Input type="date" /></Form.Item>
        <Form.Item name="text" label={t('designation.text')} rules={required}><Input.TextArea maxLength={4000} showCount autoSize={{ minRows: 4 }} /></Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

function Detail(props: { report: ReportOut }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const { report } = props
  const [step, setStep] = useState<string | null>(null)
  const [form] = Form.useForm<{ told: string }>()
  const act = useMutation({
    mutationFn: (words: { told: string }) => handleDesignationReport(report.id, { step: step as ReportStep, told: words.told }),
    onSuccess: async () => {
      await refresh()
      setStep(null)
    },
  })
  return (
    <>
      <Facts
        facts={[
          { key: 'number', label: t('designation.number'), value: report.number },
          { key: 'state', label: t('common.state'), value: <Mark state={report.state} /> },
          { key: 'accused', label: t('designation.accused'), value: report.accused },
          { key: 'recipient', label: t('designation.recipient'), value: report.recipient },
          { key: 'on', label: t('designation.on'), value: report.happened_on },
          { key: 'text', label: t('designation.text'), value: <span className="wrap">{report.text}</span> },
        ]}
      />
      <p className="spaced" />
      {report.handled.length > 0 && (
        <>
          <h2>{t('designation.handled')}</h2>
          <ul className="plain">{report.handled.map((one, at) => <li key={at}><span>{one.on}</span><b>{t(`designation.step.${one.step}`)}</b><span className="wrap">{one.told}</span></li>)}</ul>
        </>
      )}
      {report.steps.length > 0 && <Steps steps={report.steps} onStep={setStep} />}
      {step !== null && (
        <Modal open title={t(`designation.step.${step}`)} okText={t(`designation.step.${step}`)} cancelText={t('common.cancel')} onCancel={() => setStep(null)} onOk={() => form.submit()} confirmLoading={act.isPending}>
          <Form form={form} layout="vertical" requiredMark={false} onFinish={(words: { told: string }) => act.mutate(words)}>
            <Form.Item name="told" label={t('designation.told')} rules={[{ required: true, message: t('common.required') }]}><Input.TextArea maxLength={1000} autoSize={{ minRows: 3 }} /></Form.Item>
            {act.error !== null && <Problem problem={act.error} />}
          </Form>
        </Modal>
      )}
    </>
  )
}

export function DesignationPage() {
  const { t } = useTranslation()
  const answer = useQuery(getListDesignationReportsQueryOptions())
  const [asking, setAsking] = useState(false)
  const act = <Button type="primary" onClick={() => setAsking(true)}>{t('designation.add')}</Button>
  return (
    <>
      <QueryPage
        title={t('designation.title')}
        purpose={t('designation.purpose')}
        act={act}
        fields={[]}
        answer={answer}
        empty={{ text: t('designation.none') }}
        rowKey={(report) => report.id}
        columns={[
          { key: 'number', title: t('designation.number'), card: 'head', opens: true, render: (report) => report.number },
          { key: 'state', title: t('common.state'), card: 'mark', render: (report) => <Mark state={report.state} /> },
          { key: 'own', title: t('designation.way'), render: (report) => t(report.own ? 'designation.own' : 'designation.received') },
          { key: 'accused', title: t('designation.accused'), render: (report) => report.accused },
          { key: 'recipient', title: t('designation.recipient'), render: (report) => report.recipient },
          { key: 'at', title: t('designation.on'), render: (report) => stamp(report.created_ms) },
        ]}
        detail={(report) => <Detail report={(answer.data ?? []).find((one) => one.id === report.id) ?? report} />}
        detailTitle={(report) => report.number}
      />
      {asking && <Report onClose={() => setAsking(false)} />}
    </>
  )
}
