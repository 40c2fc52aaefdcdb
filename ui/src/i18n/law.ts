/** The window of an article: its rows, figures and readings. */
export const law = {
  'zh-CN': {
    law: {
      open: '查看条文和规则', dialog: '条文 {{article}}', rows: '规则', others: '另一文件对同一事项的规定', noRow: '本条没有单独的规则行',
      reading: '理解：{{text}}', houseRule: '内部规则', moreRows: '另有 {{count}} 条规则', moreOthers: '另有 {{count}} 处规定',
      inForce: '{{date}} 起施行', notInForce: '{{date}} 起施行，今日不适用',
      days: '{{days}} 日', daysAfter: '自{{trigger}}之日起 {{days}} 日内', daysBefore: '{{trigger}}前 {{days}} 日', rolls: '末日遇休假日顺延',
      range: '{{min}} 元以上 {{max}} 元以下', upTo: '{{max}} 元以下',
      kind: {
        duty: '义务', place: '场所', forbidden: '禁止', paper: '材料', approval: '批准', retention: '存储', override: '另有规定', shown: '参照',
        no_fine: '不罚款', exemption: '豁免', setting: '数值', fine: '罚款', measure: '措施', private_viewing: '个人查阅',
      },
      rank: {
        law: '法律', 'administrative-regulation': '行政法规', 'local-regulation': '地方性法规', 'department-rule': '部门规章', 'local-rule': '地方政府规章', standard: '标准',
      },
      debtor: {
        unit: '管理、使用单位', government: '人民政府', police: '公安机关', department: '有关部门', operator: '供电、通信、网络运营单位', anyone: '任何单位和个人',
        builder: '建设者', remover: '拆除单位', contractor: '受托单位', officer: '执行人员', supplier: '产品、服务提供者',
      },
      trigger: { 'delivered-for-use': '交付使用', received: '收到材料', 'entry-into-force': '施行', removal: '拆除', 'in-use': '投入使用' },
      value: '数值 {{value}}',
      organ: { 'public-security': '公安机关', 'state-security': '国家安全机关', 'other-department': '其他行政管理部门' },
      approver: { 'own-head': '经本机关主要负责人批准', 'police-head': '经所在地市、县公安机关主要负责人批准' },
      party: { unit: '单位', responsible: '直接负责的主管人员和其他直接责任人员', individual: '个人' },
      precondition: { none: '不以责令逾期为前提', 'order-overdue': '责令改正逾期后', refused: '拒不改正的', 'refused-or-serious': '拒不改正或者造成严重后果的' },
    },
  },
  'en-US': {
    law: {
      open: 'Show the article and its rules', dialog: 'Article {{article}}', rows: 'Rules', others: 'The other instrument on the same', noRow: 'No rule of its own',
      reading: 'Our reading: {{text}}', houseRule: 'house rule', moreRows: '{{count}} more rules', moreOthers: '{{count}} more passages',
      inForce: 'In force since {{date}}', notInForce: 'In force from {{date}}; does not apply today',
      days: '{{days}} days', daysAfter: 'Within {{days}} days of {{trigger}}', daysBefore: '{{days}} days before {{trigger}}', rolls: 'a last day of rest moves to the next working day',
      range: '{{min}} to {{max}} yuan', upTo: 'up to {{max}} yuan',
      kind: {
        duty: 'Duty', place: 'Place', forbidden: 'Forbidden', paper: 'Paper', approval: 'Approval', retention: 'Storage', override: 'Other law', shown: 'For reference',
        no_fine: 'No fine', exemption: 'Exempt', setting: 'Figure', fine: 'Fine', measure: 'Measure', private_viewing: 'Private viewing',
      },
      rank: {
        law: 'law', 'administrative-regulation': 'administrative regulation', 'local-regulation': 'local regulation', 'department-rule': 'department rule', 'local-rule': 'local government rule', standard: 'standard',
      },
      debtor: {
        unit: 'Managing or using unit', government: 'People’s government', police: 'Public security', department: 'Departments', operator: 'Power, telecom and network operators', anyone: 'Anyone',
        builder: 'Who builds', remover: 'The removing unit', contractor: 'Contractors', officer: 'Officers', supplier: 'Suppliers',
      },
      trigger: { 'delivered-for-use': 'delivery for use', received: 'receipt', 'entry-into-force': 'entry into force', removal: 'the removal', 'in-use': 'being put to use' },
      value: 'figure {{value}}',
      organ: { 'public-security': 'Public security', 'state-security': 'State security', 'other-department': 'Other departments' },
      approver: { 'own-head': 'approved by the organ’s own head', 'police-head': 'approved by the head of the city or county public security' },
      party: { unit: 'Unit', responsible: 'Responsible persons', individual: 'Individual' },
      precondition: { none: 'not conditional on an overdue order', 'order-overdue': 'after an order to correct ran out', refused: 'where correction is refused', 'refused-or-serious': 'where correction is refused or the consequences are serious' },
    },
  },
}
