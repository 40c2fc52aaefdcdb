/** Organs and units, people with posts. */
export const organs = {
  'zh-CN': {
    organKind: { unit: '管理、使用单位', government: '人民政府', public_security: '公安机关', state_security: '国家安全机关', department: '行政管理部门' },
    organLevel: { province: '省级', city: '市级', county: '县级' },
    organs: {
      purpose: '人民政府、公安、国家安全、其他部门与管理、使用单位：区划、行业、上级', add: '登记机关或单位', name: '名称', kind: '类别', territory: '行政区划', sector: '行业', parent: '上级',
      level: '级别', creditCode: '统一社会信用代码', address: '地址', contact: '联系方式', keeps: '本系统的安装单位', none: '无', search: '按名称、区划、代码查找', empty: '还没有登记机关',
      territoryHint: '六位代码（GB/T 2260），如 340421', creditHint: '十八位，可不填', sectorHint: '行政管理部门必填；单位填主管行业', parentHint: '区域须包含本机关；可不填',
      administrator: '首任管理员', administratorHint: '由其本人用一次性代码设置密码，再增加本单位人员', submit: '登记', addFollows: '此操作记入账本，并生成首任管理员的一次性代码',
      change: '修改', changeFollows: '此操作记入账本；区划、行业更改后，所能看到的场所和办理权限随之改变', move: '调整上级', moveFollows: '此操作记入账本', appoint: '任命管理员', appointFollows: '只在该单位没有能登录的管理员时可以办理；原一次性代码作废',
      facts: '登记事项', posts: '任职', heads: '主要负责人', noHead: '没有登记主要负责人', below: '下级', noBelow: '没有下级', history: '操作记录', rule: '级别由区划代码得出', ownOnly: '本单位管理员只能修改信用代码、地址和联系方式',
    },
    posts: {
      title: '任职', none: '没有任职', keep: '保存任职文件', give: '登记任职', post: '职务', head: '主要负责人', headHint: '一个单位同一时间只有一名', roles: '随职务取得的岗位', rolesHint: '任职结束时一并收回；不填则只登记职务', decision: '任职文件', decisionHint: '例如：示范任〔2026〕1 号',
      begins: '起日', ends: '止日', why: '结束原因', end: '结束任职', running: '在任', ended: '已结束', since: '自 {{from}}', span: '{{from}} 至 {{to}}', ahead: '尚未开始', beginsHint: '晚于今天的，到当日自行生效', endsHint: '可不填；过了止日自行结束', dayHint: '晚于今天的，过了该日自行结束',
      giveFollows: '此操作记入账本；岗位有变时，本人的会话立即结束，须重新登录', endFollows: '此操作记入账本；随职务取得的岗位立即收回，会话和正在进行的查看立即结束', noRole: '没有岗位', account: '账号', day: '请填写日期',
    },
    setupUnit: { kind: '本单位类别', territory: '行政区划代码', territoryHint: '六位代码（GB/T 2260）；机关必填', sector: '行业' },
  },
  'en-US': {
    organKind: { unit: 'Managing or using unit', government: "People's government", public_security: 'Public security', state_security: 'State security', department: 'Department' },
    organLevel: { province: 'Province', city: 'City', county: 'County' },
    organs: {
      purpose: 'Governments, public and state security, departments, and the units that manage or use systems: area, sector, superior', add: 'Put on record', name: 'Name', kind: 'Kind', territory: 'Area', sector: 'Sector', parent: 'Above it',
      level: 'Level', creditCode: 'Credit code', address: 'Address', contact: 'Contact', keeps: 'keeps this installation', none: 'none', search: 'By name, area or code', empty: 'No organ on record yet',
      territoryHint: 'Six digits (GB/T 2260), e.g. 340421', creditHint: 'Eighteen letters, optional', sectorHint: 'A department needs it; a unit names the one it belongs to', parentHint: 'Its area holds this one; optional',
      administrator: 'First administrator', administratorHint: 'sets the own password with the one-time code and then adds the people', submit: 'Put on record', addFollows: 'This enters the ledger and makes a one-time code for the first administrator',
      change: 'Change', changeFollows: 'This enters the ledger; what may be seen and done follows area and sector', move: 'Move', moveFollows: 'This enters the ledger', appoint: 'Appoint an administrator', appointFollows: 'Only while none of its administrators can sign in; the former code ends',
      facts: 'On record', posts: 'Posts', heads: 'Head', noHead: 'No head on record', below: 'Below it', noBelow: 'Nothing below it', history: 'History', rule: 'the level follows from the area code', ownOnly: "A unit's own administrator changes credit code, address and contact",
    },
    posts: {
      title: 'Posts', none: 'No post', keep: 'Keep the decision', give: 'Give a post', post: 'Post', head: 'Head of the unit', headHint: 'a unit has one at a time', roles: 'Roles that come with it', rolesHint: 'They go when the post ends; none: the post alone is recorded', decision: 'Decision', decisionHint: 'The document, as it is cited',
      begins: 'First day', ends: 'Last day', why: 'Why it ends', end: 'End the post', running: 'held', ended: 'ended', since: 'since {{from}}', span: '{{from}} to {{to}}', ahead: 'to come', beginsHint: 'a later day takes effect by itself', endsHint: 'optional; after it the post ends by itself', dayHint: 'after a later day it ends by itself',
      giveFollows: 'This enters the ledger; when roles change, the sessions of the person end at once', endFollows: 'This enters the ledger; the roles that came with it go, sessions and viewings end at once', noRole: 'no role', account: 'Account', day: 'A day is needed',
    },
    setupUnit: { kind: 'Kind of the unit', territory: 'Area code', territoryHint: 'Six digits (GB/T 2260); an organ needs it', sector: 'Sector' },
  },
}
