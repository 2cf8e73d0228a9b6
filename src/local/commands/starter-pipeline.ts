/** The pipeline that `savepoint init` writes; it runs as it is and shows what to replace. */
export const STARTER_PIPELINE = `# A pipeline that can be restarted: finished steps are remembered.
#   savepoint run       runs it from the beginning
#   savepoint resume    continues after the steps that finished
#   savepoint plan      shows what would run, and why
name: my-pipeline

# Created in .work/ before the first step. .work/ also holds the logs and the state, and git ignores it.
directories: [raw, reports]

steps:
  # Steps run one after the other, each in bash, and stop the run when they fail.
  - name: Collect
    run: ls > .work/raw/files.txt
    # The files a step writes. If they are missing on resume, the step runs again.
    writes: [.work/raw/files.txt]

  - name: Count
    run: |
      echo "files=$(wc -l < .work/raw/files.txt)" >> "$GITHUB_OUTPUT"
    # The files a step depends on. If they changed before a resume, the step runs again.
    reads: [.work/raw/files.txt]

  - name: Report
    # Pass values to a script through env, never as text inside it.
    env:
      FILES: \${{ steps.count.outputs.files }}
    run: echo "$FILES files here" | tee .work/reports/report.txt
    timeout: 5m
`;
