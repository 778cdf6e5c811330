namespace RaftActors.Fuzz;

/// <summary>One reader of bytes or text from outside, with valid inputs to begin with.</summary>
public abstract class Target
{
    /// <summary>The name on the command line, and that of the folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>The code that reads the inputs, for the help.</summary>
    public abstract string Reads { get; }

    /// <summary>Any input may allocate this many bytes: buffers, and the first use of a method or a cache.</summary>
    public virtual int BytesMin => 64 * 1024;

    /// <summary>A refused or read input may allocate so many more for each byte of its own.</summary>
    public virtual int BytesPerByte => 256;

    /// <summary>Sequences that the format has often, for mutations.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>Valid inputs, made by the writers of the product.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Reads an input. The run measures this call.</summary>
    /// <returns>The message that was read.</returns>
    public abstract object Read(byte[] input);

    /// <summary>Writes a message again, and demands that the bytes give an equal message.</summary>
    /// <param name="read">A result of <see cref="Read"/>.</param>
    /// <exception cref="ViolationException">The message is another one.</exception>
    public virtual void Check(object read)
    {
    }

    /// <summary>A text that differs between messages of different kinds.</summary>
    /// <param name="read">A result of <see cref="Read"/>.</param>
    public virtual string ShapeOf(object read) => "";

    /// <summary>Whether the reader documents this exception for bad bytes.</summary>
    public abstract bool IsRefusal(Exception e);

    /// <summary>Makes a new input of an old one.</summary>
    public virtual byte[] Mutate(byte[] input, Mutator mutator) => mutator.Mutate(input, Words);

    /// <summary>Throws if two values that should be equal are not.</summary>
    protected static void DemandEqual(object? first, object? second, string what)
    {
        if (!Equals(first, second))
        {
            throw new ViolationException($"{what}: it was\n  {first}\nand is\n  {second}");
        }
    }
}

/// <summary>An input broke a property.</summary>
internal sealed class ViolationException(string message) : Exception(message);
