using System.Reflection;

using Akka.Actor;

using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>Describes the node of a process to operators who compare nodes.</summary>
internal static class ProcessDescription
{
    private static readonly string Version = $"RaftActors {VersionOf(typeof(RaftStatus))}, Akka.NET {VersionOf(typeof(ActorSystem))}";

    public static ClientReply.Description Of(RaftSettings settings) =>
        new(Machine.Current.Time.GetUtcNow(), Version, [
            .. SettingTable.OfRaft.Shared(settings.Section), ("build", $"{settings.Program.Build:N}"),
        ]);

    // The build adds the commit after a plus.
    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
