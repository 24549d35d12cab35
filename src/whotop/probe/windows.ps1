# The probe of Windows: compiles what does the work, and becomes it (docs/protocol.md).
# Works in Windows PowerShell 5.1, whose compiler knows C# 5, and in PowerShell 7.
$ErrorActionPreference = 'Stop'
[Diagnostics.Process]::GetCurrentProcess().PriorityClass = 'BelowNormal'
$code = @'
#code#
'@
$references = @{}
if ($PSVersionTable.PSVersion.Major -lt 6) {
    $references = @{ ReferencedAssemblies = 'System.Core', 'System.Xml', 'System.Runtime.Serialization' }
}
Add-Type -TypeDefinition $code -IgnoreWarnings @references
[Environment]::Exit([Whotop.Probe]::Run("PowerShell $($PSVersionTable.PSVersion)"))
