using System.Runtime.CompilerServices;

/// <summary>
/// The environment of the processes that tests start. Few live longer than ten seconds, so .NET optimizes no method before. They collect
/// garbage as often as elsewhere, because a test limits the heap of such a process; tests.runsettings is for the tests' own processes.
/// </summary>
internal static class ShortLives
{
    [ModuleInitializer]
    internal static void Begin()
    {
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCountingDelayMs", "2710");
        Environment.SetEnvironmentVariable("DOTNET_GCgen0size", null);
    }
}
