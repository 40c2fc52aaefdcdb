/** The clocks of the workbench, and the palette. */
export const bench = {
  'zh-CN': {
    bench: {
      lists: '工作清单', todo: '待办', done: '已办', started: '我发起的', overdue: '件逾期', soon: '件 {{n}} 日内到期', open: '件未完成', asOf: '期限按 {{day}}（法规所在时区）计算',
      nothingTodo: '没有待办事项', nothingDone: '还没有办结的事项', nothingStarted: '还没有发起的事项', noTerm: '○ 无法定期限', lastDay: '末日 {{day}}', calendarOpen: '（当年节假日安排尚未公布）',
      doneOn: '{{day}} 办结', around: '辖区逾期', nobodyLate: '辖区内没有逾期的单位', late: '{{units}} 个单位逾期，共 {{duties}} 件', duties: '{{n}} 件', since: '最早应于 {{day}} 前办理',
    },
    palette: { title: '搜索', hint: '页面、场所、系统、摄像机，可用拼音首字母', nothing: '没有找到', page: '页面', place: '场所', system: '系统', camera: '摄像机', keys: '快捷键' },
  },
  'en-US': {
    bench: {
      lists: 'Lists of work', todo: 'To do', done: 'Done', started: 'Begun by me', overdue: 'overdue', soon: 'end within {{n}} days', open: 'open', asOf: 'Terms as of {{day}}, in the zone of the instrument',
      nothingTodo: 'Nothing is to be done', nothingDone: 'Nothing is done yet', nothingStarted: 'You have begun nothing yet', noTerm: '○ no term in the law', lastDay: 'last day {{day}}', calendarOpen: ' (holidays of that year are not announced)',
      doneOn: 'done on {{day}}', around: 'Overdue in your area', nobodyLate: 'No unit in your area is late', late: 'Units that are late: {{units}}; duties overdue: {{duties}}', duties: 'Duties: {{n}}', since: 'the earliest was due on {{day}}',
    },
    palette: { title: 'Search', hint: 'Pages, places, systems, cameras; initials of pinyin work too', nothing: 'Nothing found', page: 'page', place: 'place', system: 'system', camera: 'camera', keys: 'Keys' },
  },
}
