using System.Text;

namespace RaftActors.Delivery;

/// <summary>An exception of the user's code as text for callers on any node.</summary>
internal static class FailureText
{
    // A message may contain a whole question or command.
    private const int LengthMax = 1000;

    /// <summary>
    /// Returns the type and the message of an exception. Cuts no surrogate pair, because half of one would not reach another node.
    /// </summary>
    public static string Of(Exception failure)
    {
        var text = $"{failure.GetType().Name}: {failure.Message}";
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length <= LengthMax ? text : $"{text[..LengthMax]}..."));
    }
}
