/** Who is connected now, register entries, views under an approval. */
export const watching = {
  'zh-CN': {
    uses: {
      title: '正在接入', purpose: '凭批准正在查阅、接入、直接使用本单位视频的人员；使用方也能看到自己的', empty: '现在没有人凭批准查看', officers: '人员', number: '批准（申请）编号',
      since: '起止', fromTo: '{{from}} 至 {{to}}', trouble: '问题', report: '报告问题', send: '报告', reportHint: '双方都会看到，并记入账本。合法的使用不会因此中断。', troublePlaceholder: '例如：画面卡顿、线路检修、与批准的范围不符',
      reported: '已报告，登记号 {{entry}}', noCut: '单位不得中断合法的使用；认为使用不合法的，请报告问题并向批准机关反映。', showing: '正在看 {{n}} 路画面', idle: '已打开，现在没有画面',
      act: { live: '接入、直接使用', playback: '查阅' },
      closing: { closed: '查看人结束', expired: '到期自动结束', 'signed-out': '退出登录', revoked: '批准或者权限终止', interrupted: '连接中断', delivered: '已制作', failed: '未能提供' },
    },
    entry: {
      title: '登记第 {{entry}} 号', outside: '凭批准的外部人员', opened: '登记时间', closed: '终结时间', closingIndex: '终结记录号', line: '实际看到的时段', segments: '共 {{n}} 段', nothingSeen: '没有看到画面',
      fixed: '登记不可更改；账本里有它的开始和终结。', print: '打印', sheet: '导出表格',
    },
  },
  'en-US': {
    uses: {
      title: 'Connected now', purpose: 'Who views, connects to or directly uses the unit’s video under an approval; those who use it see their own', empty: 'Nobody views under an approval now', officers: 'Persons', number: 'Approval (request)',
      since: 'From and to', fromTo: '{{from}} to {{to}}', trouble: 'Trouble', report: 'Report trouble', send: 'Report', reportHint: 'Both sides read it and the ledger has it. A lawful use goes on.', troublePlaceholder: 'e.g. the picture stalls, work on the line, not what was approved',
      reported: 'Reported, entry {{entry}}', noCut: 'The unit cuts off no lawful use. If you think one unlawful, report it and tell the approving organ.', showing: '{{n}} pictures on screen', idle: 'Open, no picture now',
      act: { live: 'Connection, direct use', playback: 'Viewing' },
      closing: { closed: 'Ended by the viewer', expired: 'Ended with its period', 'signed-out': 'Signed out', revoked: 'Approval or right ended', interrupted: 'Connection lost', delivered: 'Made', failed: 'Nothing delivered' },
    },
    entry: {
      title: 'Register entry {{entry}}', outside: 'from outside, under an approval', opened: 'Entered', closed: 'Closed', closingIndex: 'Closing entry', line: 'What was really seen', segments: '{{n}} stretches', nothingSeen: 'No picture was seen',
      fixed: 'An entry cannot be changed; the ledger has its beginning and its end.', print: 'Print', sheet: 'Spreadsheet',
    },
  },
}
