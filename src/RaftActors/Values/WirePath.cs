using System.Diagnostics.CodeAnalysis;
using System.Globalization;

using Akka.Actor;

namespace RaftActors.Values;

/// <summary>Reads paths of actors that other nodes have written.</summary>
internal static class WirePath
{
    /// <summary>
    /// The most characters of a path, and the most elements: more than any path of raft has. Akka.NET keeps the last thousand paths of each
    /// thread, with an object for each element, so the bounds of a connection alone would not protect the memory.
    /// </summary>
    public const int LengthMax = 2048;

    private const int ElementsMax = 32;

    public static bool IsBounded(string path) => path.Length <= LengthMax && path.AsSpan().Count('/') <= ElementsMax;

    /// <summary>
    /// Parses like <see cref="ActorPath.TryParse(string, out ActorPath)"/> of Akka.NET. That method throws if the text after the # is no
    /// number, and takes some other characters for digits, so a path could change when it is written again.
    /// </summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? parsed)
    {
        parsed = null;
        return HasNumberOrNone(path) && ActorPath.TryParse(path, out parsed);
    }

    // Akka.NET's numbers of actors are not negative.
    private static bool HasNumberOrNone(string path)
    {
        var at = path.IndexOf('#');
        return at < 0 || int.TryParse(path.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    /// <returns>The dead letters if the text is no path.</returns>
    public static IActorRef ActorAt(this IActorRefProvider provider, string path) =>
        TryParse(path, out _) ? provider.ResolveActorRef(path) : provider.DeadLetters;
}
