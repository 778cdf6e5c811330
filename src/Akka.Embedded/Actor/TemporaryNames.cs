namespace Akka.Actor;

/// <summary>Generates the names <c>$a</c>, <c>$b</c> ...: a number in base 64, lowest digit first.</summary>
internal static class TemporaryNames
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    public static string Encode(long number)
    {
        Span<char> text = stackalloc char[11];
        var length = 0;
        for (var rest = (ulong)number; length == 0 || rest != 0; rest >>= 6)
        {
            text[length++] = Digits[(int)(rest & 63)];
        }

        return text[..length].ToString();
    }
}
