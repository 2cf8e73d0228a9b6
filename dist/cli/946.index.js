"use strict";exports.id=946,exports.ids=[946],exports.modules={7565:(function(m,s,n){n.r(s),n.d(s,{versionCommand:()=>o});var d=n(496);const o=({out:i})=>(i.write(`${d.x}
`),0)})};
