using Mono.Cecil;
using Mono.Cecil.Cil;

namespace NetLab.Host.Tests;

/// <summary>
/// Which folders of a project use which, read from the built assembly: a namespace is a folder, and whatever a type's fields,
/// signatures and code name is an arrow.
/// </summary>
internal sealed class FolderArrows
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    /// <summary>The folders that use others.</summary>
    public IReadOnlyCollection<string> Folders => _uses.Keys;

    /// <summary>Reads an assembly.</summary>
    public static FolderArrows Of(string path)
    {
        var arrows = new FolderArrows();
        using var module = ModuleDefinition.ReadModule(path);
        foreach (TypeDefinition type in module.Types)
        {
            arrows.Read(type, type);
        }

        return arrows;
    }

    /// <summary>Notes that one folder uses another.</summary>
    /// <param name="from">The folder that uses.</param>
    /// <param name="to">The folder used.</param>
    /// <param name="example">Which of its types use which.</param>
    public void Add(string from, string to, string example)
    {
        if (from != to)
        {
            SortedDictionary<string, string> targets = _uses.TryGetValue(from, out SortedDictionary<string, string>? known) ? known : _uses[from] = new(StringComparer.Ordinal);
            targets.TryAdd(to, example);
        }
    }

    /// <summary>The circles: for each set of folders that reach one another, its arrows.</summary>
    public IReadOnlyList<string> Circles()
    {
        // Folders are few: whoever can be reached, and reaches back, is in a circle.
        Dictionary<string, HashSet<string>> reach = _uses.Keys.ToDictionary(k => k, Reach);
        return
        [
            .. from used in _uses
               from target in used.Value
               where reach.TryGetValue(target.Key, out HashSet<string>? back) && back.Contains(used.Key)
               select $"{used.Key} -> {target.Key}: {target.Value}",
        ];
    }

    private HashSet<string> Reach(string folder)
    {
        HashSet<string> reached = [];
        var open = new Stack<string>([folder]);
        while (open.TryPop(out string? next))
        {
            if (_uses.TryGetValue(next, out SortedDictionary<string, string>? targets))
            {
                foreach (string target in targets.Keys.Where(reached.Add))
                {
                    open.Push(target);
                }
            }
        }

        return reached;
    }

    private void Read(TypeDefinition owner, TypeDefinition type)
    {
        Note(owner, type.BaseType);
        foreach (InterfaceImplementation implemented in type.Interfaces)
        {
            Note(owner, implemented.InterfaceType);
        }

        foreach (FieldDefinition field in type.Fields)
        {
            Note(owner, field.FieldType);
        }

        foreach (MethodDefinition method in type.Methods)
        {
            Note(owner, method);
            if (method.HasBody)
            {
                Read(owner, method.Body);
            }
        }

        foreach (TypeDefinition nested in type.NestedTypes)
        {
            Read(owner, nested);
        }
    }

    private void Read(TypeDefinition owner, MethodBody body)
    {
        foreach (VariableDefinition variable in body.Variables)
        {
            Note(owner, variable.VariableType);
        }

        foreach (Instruction instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case MethodReference method:
                    Note(owner, method.DeclaringType);
                    Note(owner, method);
                    break;
                case FieldReference field:
                    Note(owner, field.DeclaringType);
                    Note(owner, field.FieldType);
                    break;
                case TypeReference type:
                    Note(owner, type);
                    break;
            }
        }
    }

    private void Note(TypeDefinition owner, MethodReference method)
    {
        Note(owner, method.ReturnType);
        foreach (ParameterDefinition parameter in method.Parameters)
        {
            Note(owner, parameter.ParameterType);
        }

        if (method is GenericInstanceMethod generic)
        {
            foreach (TypeReference argument in generic.GenericArguments)
            {
                Note(owner, argument);
            }
        }
    }

    private void Note(TypeDefinition owner, TypeReference? type)
    {
        if (type is GenericInstanceType generic)
        {
            foreach (TypeReference argument in generic.GenericArguments)
            {
                Note(owner, argument);
            }
        }

        while (type is TypeSpecification specification)
        {
            type = specification.ElementType;
        }

        while (type?.DeclaringType is { } outer)
        {
            type = outer;
        }

        // Only what is defined in the same assembly: folders of other projects are another rule's business.
        if (type is TypeDefinition { Namespace: { Length: > 0 } folder } && owner.Namespace.Length > 0)
        {
            Add(owner.Namespace, folder, $"{owner.Name}->{type.Name}");
        }
    }
}
