using System.Runtime.CompilerServices;

/// <summary>Tells .NET in the processes that tests start to optimize no method in their first ten seconds: few live longer.</summary>
internal static class ShortLives
{
    [ModuleInitializer]
    internal static void Begin() => Environment.SetEnvironmentVariable("DOTNET_TC_CallCountingDelayMs", "2710");
}
