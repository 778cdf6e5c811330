using System.Runtime.CompilerServices;

using RaftActors.Simulator;

namespace Tools.Tests;

/// <summary>Lets the simulator add its format level first. The other tools of this process use Core too.</summary>
internal static class AddedLevel
{
    [ModuleInitializer]
    internal static void Begin() => RuntimeHelpers.RunModuleConstructor(typeof(SeedResult).Module.ModuleHandle);
}
