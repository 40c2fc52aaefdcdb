/** Pages of entities, papers, lists with a query: what every area shares. */
export const parts = {
  'zh-CN': {
    dutyClock: {
      met: '已履行', due: '正常（剩 {{n}} 天）', due_soon: '将逾期（剩 {{n}} 天）', today: '今天到期', overdue: '逾期 {{n}} 天', breached: '逾期后履行', not_measured: '未测', not_applicable: '不适用', open: '待办（无期限）',
    },
    entity: {
      steps: '下一步', noStep: '当前没有可以办理的事项', facts: '登记内容', papers: '材料', noPapers: '还没有材料', history: '操作记录', noHistory: '账本中还没有关于它的记录', entry: '账本第 {{index}} 号',
    },
    upload: { pick: '上传文件', kinds: 'PDF、JPEG、PNG、XLSX、DOCX、ZIP，每个不超过 32 MiB', photographs: 'JPEG、PNG，每张不超过 32 MiB', drop: '不再上传' },
    query: { nothing: '没有符合条件的记录' },
    paper: { design: '设计方案', technical_test: '技术检测材料', works_acceptance: '工程验收材料', other: '其他材料', national_receipt: '全国平台回执', photograph: '照片', reference_picture: '基准画面', floor_plan: '平面图', sign: '标识牌照片' },
  },
  'en-US': {
    dutyClock: {
      met: 'met', due: 'on time ({{n}} d left)', due_soon: 'due soon ({{n}} d left)', today: 'due today', overdue: 'overdue by {{n}} d', breached: 'met late', not_measured: 'not measured', not_applicable: 'not applicable', open: 'to do (no term)',
    },
    entity: {
      steps: 'What is next', noStep: 'Nothing can be done with it now', facts: 'On record', papers: 'Papers', noPapers: 'No papers yet', history: 'History', noHistory: 'The ledger has no entry about it yet', entry: 'ledger entry {{index}}',
    },
    upload: { pick: 'Upload a file', kinds: 'PDF, JPEG, PNG, XLSX, DOCX or ZIP, 32 MiB at most each', photographs: 'JPEG or PNG, 32 MiB at most each', drop: 'Do not upload' },
    query: { nothing: 'Nothing on record is like that' },
    paper: { design: 'design', technical_test: 'technical test', works_acceptance: 'works acceptance', other: 'other paper', national_receipt: 'receipt of the national site', photograph: 'photograph', reference_picture: 'reference picture', floor_plan: 'floor plan', sign: 'photograph of the sign' },
  },
}
