import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Variable: headFields","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/variables/headFields.md","filePath":"docs/api/variables/headFields.md"}');
const _sfc_main = { name: "docs/api/variables/headFields.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="variable-headfields" tabindex="-1">Variable: headFields <a class="header-anchor" href="#variable-headfields" aria-label="Permalink to &quot;Variable: headFields&quot;">​</a></h1><div class="language-ts vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">ts</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">const</span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;"> headFields</span><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">:</span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;"> object</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">;</span></span></code></pre></div><p>How many logits a model gives, and how; spread into the schemas of the models that end in a head.</p><h2 id="type-declaration" tabindex="-1">Type Declaration <a class="header-anchor" href="#type-declaration" aria-label="Permalink to &quot;Type Declaration&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Name</th><th>Type</th></tr></thead><tbody><tr><td><a id="property-head"></a> <code>head</code></td><td><code>ZodPrefault</code>&lt;<code>ZodPreprocess</code>&lt;<code>ZodDiscriminatedUnion</code>&lt;[<code>ZodObject</code>&lt;{ <code>type</code>: <code>ZodLiteral</code>&lt;<code>&quot;linear&quot;</code>&gt;; }, <code>$strict</code>&gt;, <code>ZodObject</code>&lt;{ <code>activation</code>: <code>ZodDefault</code>&lt;<code>ZodEnum</code>&lt;{ <code>none</code>: <code>&quot;none&quot;</code>; <code>relu</code>: <code>&quot;relu&quot;</code>; }&gt;&gt;; <code>dropout</code>: <code>ZodDefault</code>&lt;<code>ZodNumber</code>&gt;; <code>type</code>: <code>ZodLiteral</code>&lt;<code>&quot;mlp&quot;</code>&gt;; <code>units</code>: <code>ZodDefault</code>&lt;<code>ZodInt</code>&gt;; }, <code>$strict</code>&gt;, <code>ZodObject</code>&lt;{ <code>type</code>: <code>ZodLiteral</code>&lt;<code>&quot;cosine&quot;</code>&gt;; }, <code>$strict</code>&gt;], <code>&quot;type&quot;</code>&gt;, <code>unknown</code>&gt;&gt;</td></tr><tr><td><a id="property-nlogits"></a> <code>nLogits</code></td><td><code>ZodDefault</code>&lt;<code>ZodUnion</code>&lt;readonly [<code>ZodLiteral</code>&lt;<code>1</code>&gt;, <code>ZodLiteral</code>&lt;<code>2</code>&gt;]&gt;&gt;</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/variables/headFields.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const headFields = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  headFields as default
};
