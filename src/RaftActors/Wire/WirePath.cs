using System.Diagnostics.CodeAnalysis;

using Akka.Actor;

namespace RaftActors.Wire;

/// <summary>Reads paths of actors that other nodes have written.</summary>
internal static class WirePath
{
    /// <summary>
    /// As <see cref="ActorPath.TryParse(string, out ActorPath)"/> of Akka.NET, which throws if the text after the # is no number.
    /// </summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? parsed)
    {
        try
        {
            return ActorPath.TryParse(path, out parsed);
        }
        catch (FormatException)
        {
            parsed = null;
            return false;
        }
    }

    /// <returns>The dead letters if the text is no path.</returns>
    public static IActorRef ActorAt(this IActorRefProvider provider, string path) =>
        TryParse(path, out _) ? provider.ResolveActorRef(path) : provider.DeadLetters;
}
