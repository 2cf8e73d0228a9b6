const r=946,e=[946],i={9946:((m,n,o)=>{o.r(n),o.d(n,{versionCommand:()=>d});var s=o(207);const d=({out:t})=>(t.write(`${s.x}
`),0)})};export{r as id,e as ids,i as modules};
