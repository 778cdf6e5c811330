namespace Akka.Configuration;

/// <summary>Paths such as <c>akka.actor."some.quoted, key".timeout</c>.</summary>
internal static class HoconPath
{
    /// <summary>Splits a path into keys. A quoted part is one key, whatever it contains.</summary>
    public static IReadOnlyList<string> Split(string path)
    {
        if (!path.Contains('"'))
        {
            return path.Split('.', StringSplitOptions.TrimEntries);
        }

        var keys = new List<string>();
        for (var start = 0; start <= path.Length;)
        {
            var isQuoted = start < path.Length && path[start] == '"';
            var closing = isQuoted ? path.IndexOf('"', start + 1) : -1;
            var end = path.IndexOf('.', Math.Max(start, closing));
            end = end < 0 ? path.Length : end;
            keys.Add(closing > 0 ? path[(start + 1)..closing] : path[start..end].Trim());
            start = end + 1;
        }

        return keys;
    }

    /// <summary>Returns a key as written inside a path: quoted if it contains other characters than letters, digits, - and _.</summary>
    public static string Segment(string key) =>
        key is not ("" or "include") && key.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '/') ? key : HoconText.Quote(key);

    public static string Join(IEnumerable<string> keys) => string.Join('.', keys.Select(Segment));
}
